// Plain TCP for tests: a client that sends exactly these bytes, and a server that answers with exactly those.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/catch.hpp"

namespace lanyard::sync {

class RawSocket {
 public:
  explicit RawSocket(int fd) : fd_(fd) {}
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;
  ~RawSocket() {
    if (fd_ >= 0) ::close(fd_);
  }

  // To 127.0.0.1, from that address or from a neighbour (127.0.0.2 …).
  explicit RawSocket(std::uint16_t port, in_addr_t from = INADDR_LOOPBACK)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(from);
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof(own)) == 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0);
  }

  // False once the other end has gone.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Everything until the other end closes, or `patience` has passed without a byte.
  [[nodiscard]] std::string receive(std::chrono::milliseconds patience = std::chrono::seconds(20)) const {
    std::string all;
    std::string part(16 * 1024, '\0');
    for (;;) {
      pollfd wait{fd_, POLLIN, 0};
      if (::poll(&wait, 1, static_cast<int>(patience.count())) <= 0) return all;
      const ssize_t got = ::recv(fd_, part.data(), part.size(), 0);
      if (got <= 0) return all;
      all.append(part.data(), static_cast<std::size_t>(got));
    }
  }
  // Until `end` has come, so that the connection may stay open.
  [[nodiscard]] std::string receive_until(std::string_view end) const {
    std::string all;
    char byte = 0;
    while (all.find(end) == std::string::npos) {
      pollfd wait{fd_, POLLIN, 0};
      if (::poll(&wait, 1, 20'000) <= 0 || ::recv(fd_, &byte, 1, 0) != 1) break;
      all += byte;
    }
    return all;
  }

 private:
  int fd_;
};

// Accepts `connections` times; reads each request's header, answers with `answer` and closes.
class RawServer {
 public:
  explicit RawServer(std::string answer, int connections = 1)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), answer_(std::move(answer)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&here), sizeof(here)) == 0);
    REQUIRE(::listen(fd_, 8) == 0);
    socklen_t size = sizeof(here);
    REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&here), &size) == 0);
    port_ = ntohs(here.sin_port);
    thread_ = std::thread([this, connections] {
      for (int i = 0; i < connections; ++i) {
        const int fd = ::accept(fd_, nullptr, nullptr);
        if (fd < 0) return;  // nobody came, and the test is over
        const RawSocket peer(fd);
        request_ = peer.receive_until("\r\n\r\n");
        (void)peer.send(answer_);
      }
    });
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  // After the last answer has been received.
  [[nodiscard]] std::string request() {
    ::shutdown(fd_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
    thread_ = std::thread([] {});
    return request_;
  }

 private:
  int fd_;
  std::string answer_;
  std::uint16_t port_{0};
  std::string request_;
  std::thread thread_;
};

}  // namespace lanyard::sync
