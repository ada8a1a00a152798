// A gate under way, on a thread of its own: its socket, its loop, and a chip that is none.
#pragma once

#include <chrono>
#include <filesystem>
#include <thread>

#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "kiosk/gate/gate_server.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/gate/fake_lines.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::gate {

inline sockaddr_un address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
  return address;
}

// Until it holds; false: not in five seconds.
template <class Holds>
bool comes(Holds holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{5};
  while (!holds()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  return true;
}

class GateStand {
 public:
  explicit GateStand(FakeChip& chip, Rules rules = {}) : chip_(chip), rules_(rules) {
    listener_ = ::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_of(socket());
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the way of the socket's interface
    REQUIRE(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_, 4) == 0);
    begin();
  }
  GateStand(const GateStand&) = delete;
  GateStand& operator=(const GateStand&) = delete;
  ~GateStand() {
    end();
    ::close(listener_);
  }
  [[nodiscard]] std::filesystem::path socket() const { return folder_.path() / "gate.sock"; }
  // systemd keeps the socket while the program is started anew.
  void begin() {
    stop_ = ::eventfd(0, EFD_CLOEXEC);
    thread_ = std::thread([this] {
      GateServer server(listener_, stop_, rules_, [this] { return chip_.open(); });
      static_cast<void>(server.run());
    });
  }
  void end() {
    if (!thread_.joinable()) return;
    const std::uint64_t one = 1;
    static_cast<void>(::write(stop_, &one, sizeof one));
    thread_.join();
    ::close(stop_);
  }

 private:
  FakeChip& chip_;
  const Rules rules_;
  const sync::hub::TemporaryFolder folder_;
  int listener_{-1};
  int stop_{-1};
  std::thread thread_;
};

}  // namespace lanyard::gate
