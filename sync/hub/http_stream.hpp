// A connection's bytes, in the clear or by TLS, alike for Beast's operations; their time-outs are set on the
// connection beneath. Inside http_server.cpp only.
#pragma once

#include <optional>
#include <utility>

#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace lanyard::sync::hub {

class HttpStream {
 public:
  using Connection = boost::beast::tcp_stream;
  using executor_type = Connection::executor_type;

  // `tls`: nullptr, or what is needed until this returns: OpenSSL's part of it lives as long as the stream.
  HttpStream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls)
      : connection_(std::move(socket)) {
    if (tls != nullptr) secure_.emplace(connection_, *tls);
  }

  [[nodiscard]] executor_type get_executor() noexcept { return connection_.get_executor(); }
  [[nodiscard]] Connection& connection() { return connection_; }
  [[nodiscard]] bool is_secure() const { return secure_.has_value(); }

  template <class Token>
  void async_handshake(Token&& token) {
    secure_->async_handshake(boost::asio::ssl::stream_base::server, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  void async_read_some(const Buffers& buffers, Token&& token) {
    if (secure_) return secure_->async_read_some(buffers, std::forward<Token>(token));
    connection_.async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  void async_write_some(const Buffers& buffers, Token&& token) {
    if (secure_) return secure_->async_write_some(buffers, std::forward<Token>(token));
    connection_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  Connection connection_;
  std::optional<boost::beast::ssl_stream<Connection&>> secure_;
};

}  // namespace lanyard::sync::hub
