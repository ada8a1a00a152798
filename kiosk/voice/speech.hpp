// Words into sound: the program espeak-ng, a process for each sentence. A process of its own, because the
// library's parser of arbitrary text has had its overflows, and names come from strangers; and it is not of
// our licence. It is started in a few milliseconds, and stopping is killing it. The words go through a pipe,
// never on a command line.
//
// Threads: each Speech belongs to one. Errors: unavailable: no such program, no such voice, a program that
// hangs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "kiosk/desk/state.hpp"
#include "sync/error.hpp"

namespace lanyard::kiosk {

inline constexpr std::size_t kMaxSpokenBytes = 2000;  // of a sentence
inline constexpr int kWordsPerMinute = 165;           // calm; espeak's own is 175

// The voice that speaks a language; nullopt: it is read by the English one.
[[nodiscard]] std::optional<std::string_view> voice_of(std::string_view language);

class Speech {
 public:
  [[nodiscard]] static sync::Expected<Speech> begin(const Sentence& sentence,
                                                    int words_per_minute = kWordsPerMinute);
  Speech(Speech&& other) noexcept;
  Speech& operator=(Speech&&) = delete;
  Speech(const Speech&) = delete;
  Speech& operator=(const Speech&) = delete;
  ~Speech();  // stops it

  // The next samples, as many as there are now, at least one; 0: all has been said. Waits for at most some
  // seconds.
  [[nodiscard]] sync::Expected<std::size_t> read(std::span<std::int16_t> into);

 private:
  Speech(pid_t program, int sound) : program_(program), sound_(sound) {}
  [[nodiscard]] sync::Expected<void> skip_header();
  [[nodiscard]] sync::Expected<std::size_t> read_bytes(std::span<std::uint8_t> into) const;

  pid_t program_{-1};
  int sound_{-1};
  bool begun_{false};
};

}  // namespace lanyard::kiosk
