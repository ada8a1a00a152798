// The kiosk's end of the gate: its words, one after the other, and what comes back. lanyard-gate has the
// lines, and this kiosk no right to them.
//
// Nothing here waits: a word that cannot be sent now is not sent. That the light is said each second, by the
// main loop itself, is what tells the gate that this kiosk lives.
//
// Threads: the main one's. Times are the real steady clock's, which both ends read.
#pragma once

#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/desk/state.hpp"
#include "kiosk/gate/gate_word.hpp"

namespace lanyard::kiosk {

inline constexpr std::chrono::milliseconds kSayLightEvery{1000};
// A gate that has not answered for so long is let go, and connected to anew.
inline constexpr std::chrono::seconds kGateAnswers{3};
inline constexpr std::chrono::seconds kGateAgainLeast{1};
inline constexpr std::chrono::seconds kGateAgainMost{30};
// One that was started anew is no news; one that is away for so long is.
inline constexpr std::chrono::seconds kGateMissed{10};
// By then a pulse has been given, or will not be.
inline constexpr std::chrono::milliseconds kPulseAnswered{2000};
inline constexpr std::size_t kMaxPulsesAsked = 16;
// What a socket's name may have (unix(7)), less its end.
inline constexpr std::size_t kMaxSocketPathBytes = 107;

// Which lamp goes with what is shown. PURE.
[[nodiscard]] gate::Light light_of(const State&);

class GateLine {
 public:
  // "": this kiosk has no gate, and all of the following does nothing.
  explicit GateLine(std::filesystem::path socket);
  GateLine(const GateLine&) = delete;
  GateLine& operator=(const GateLine&) = delete;
  ~GateLine();

  // Connects, listens, and says the light, each as far as it is due.
  void tend(gate::Light light, Moment now);
  // One person. It is sent now or never.
  void let_through(Moment now);
  // When `tend` has something to do; nullopt: never.
  [[nodiscard]] std::optional<Moment> wake_at() const;
  [[nodiscard]] GateNow state() const;
  // Why it does not work; "" as long as it never failed to.
  [[nodiscard]] const std::string& why() const { return why_; }

  // What came of it, once each.
  struct News {
    enum class Kind : std::uint8_t {
      stayed_shut,  // for somebody who was let through
      away,         // it has not worked for kGateMissed
    } kind{Kind::away};
    std::string why;  // English, for logs and staff
  };
  [[nodiscard]] std::vector<News> take_news();

 private:
  void connect(Moment now);
  void hear(Moment now);
  void take(const gate::Answer& answer, Moment now);
  void say(gate::Light light, Moment now);
  [[nodiscard]] bool send(const gate::Word& word) const;
  void lose(std::string why, Moment now);
  void give_up_pulses(Moment asked_before, const std::string& why);
  void judge(bool works, std::string why, Moment now);

  const std::filesystem::path socket_;
  int fd_{-1};
  Moment connect_at_{};  // while there is no connection
  std::chrono::seconds again_{kGateAgainLeast};
  Moment heard_at_{};  // or connected
  Moment say_at_{};
  std::optional<gate::Light> said_;  // in this connection
  std::uint32_t number_{0};          // of the last pulse, in this connection
  struct Asked {
    std::uint32_t number{0};
    Moment at{};
  };
  std::deque<Asked> asked_;
  std::optional<bool> works_;     // nullopt: not heard of since the start
  std::optional<Moment> failed_;  // since when it has not worked
  std::string why_;               // it does not
  bool is_missed_{false};         // and that was told
  std::vector<News> news_;
};

}  // namespace lanyard::kiosk
