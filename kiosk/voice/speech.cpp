#include "kiosk/voice/speech.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kiosk/voice/tones.hpp"

extern char** environ;

namespace lanyard::kiosk {
namespace {

constexpr const char* kProgram = "espeak-ng";
constexpr int kPatienceMs = 1000;  // for the next sound of a program that does not come
// RIFF's header as espeak-ng writes it to a pipe: 44 bytes, the rate at 24.
constexpr std::size_t kHeaderBytes = 44;
constexpr std::size_t kRateAt = 24;

using Kind = sync::Error::Kind;

// The languages that espeak-ng 1.51 and later speak, and by whose own code it calls their voice: `espeak-ng
// --voices`.
constexpr auto kSpoken = std::to_array<std::string_view>(
    {"af",  "am", "an", "ar", "as", "az", "ba", "be",  "bg", "bn", "bs", "ca",  "cs",  "cy", "da", "de",
     "el",  "eo", "es", "et", "eu", "fa", "fi", "ga",  "gd", "gn", "gu", "haw", "he",  "hi", "hr", "ht",
     "hu",  "hy", "ia", "id", "is", "it", "ja", "ka",  "kk", "kl", "kn", "ko",  "kok", "ku", "ky", "la",
     "lb",  "lt", "lv", "mi", "mk", "ml", "mr", "ms",  "mt", "my", "nb", "ne",  "nl",  "om", "or", "pa",
     "pap", "pl", "pt", "qu", "ro", "ru", "sd", "shn", "si", "sk", "sl", "sq",  "sr",  "sv", "sw", "ta",
     "te",  "th", "tk", "tn", "tr", "tt", "ug", "uk",  "ur", "uz", "vi", "yue"});

struct EspeakVoice {
  std::string_view language;
  std::string_view name;
};
// And those whose voice has another name. Norwegian is written in two ways and spoken in one.
constexpr auto kVoices =
    std::to_array<EspeakVoice>({{"en", "en-gb"}, {"fr", "fr-fr"}, {"zh", "cmn"}, {"no", "nb"}, {"nn", "nb"}});

constexpr std::string_view kEnglish = "en-gb";

// espeak-ng takes what stands in [[...]] for phonemes.
std::string harmless(std::string text) {
  for (std::size_t at = text.find("[["); at != std::string::npos; at = text.find("[[", at + 1))
    text.insert(at + 1, 1, ' ');
  return text;
}

// Two ends, neither of which a program started meanwhile inherits.
struct Ends {
  int ours{-1};
  int theirs{-1};
  ~Ends() {
    if (ours >= 0) ::close(ours);
    if (theirs >= 0) ::close(theirs);
  }
  Ends() = default;
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;
};

bool make_pair(Ends& ends) {
  std::array<int, 2> two{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, two.data()) != 0) return false;
  ends.ours = two[0];
  ends.theirs = two[1];
  return true;
}

int spawn(pid_t& program, const Ends& words, const Ends& sound, const std::string& voice,
          const std::string& speed) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, words.theirs, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, sound.theirs, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  // -b 1: UTF-8. -z: no pause after the last sentence. No -m: markup in a name is read, not obeyed.
  const std::array<const char*, 11> arguments{
      kProgram, "-v", voice.c_str(), "-s", speed.c_str(), "-b", "1", "--stdin", "-z", "--stdout", nullptr};
  const int code =
      ::posix_spawnp(&program, kProgram, &actions, nullptr, const_cast<char* const*>(arguments.data()),
                     environ);  // NOLINT: POSIX's type
  posix_spawn_file_actions_destroy(&actions);
  return code;
}

}  // namespace

std::optional<std::string_view> voice_of(std::string_view language) {
  const std::string_view base = language.substr(0, language.find('-'));
  const auto named = std::ranges::find(kVoices, base, &EspeakVoice::language);
  if (named != kVoices.end()) return named->name;
  const auto spoken = std::ranges::find(kSpoken, base);
  return spoken != kSpoken.end() ? std::optional(*spoken) : std::nullopt;
}

sync::Expected<Speech> Speech::begin(const Sentence& sentence, int words_per_minute) {
  Ends words;
  Ends sound;
  if (!make_pair(words) || !make_pair(sound)) {
    return sync::fail(Kind::unavailable, std::string("speech: ") + std::strerror(errno));
  }
  pid_t program = -1;
  const std::string voice(voice_of(sentence.language).value_or(kEnglish));
  if (const int code = spawn(program, words, sound, voice, std::to_string(words_per_minute)); code != 0) {
    return sync::fail(Kind::unavailable,
                      std::string(kProgram) + " cannot be started: " + std::strerror(code));
  }
  Speech speech(program, std::exchange(sound.ours, -1));
  const std::string text = harmless(sentence.text.substr(0, kMaxSpokenBytes)) + "\n";
  // So short a text fits the socket's buffer whole. It may have ended already, which is no reason for a
  // signal.
  if (::send(words.ours, text.data(), text.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(text.size())) {
    return sync::fail(Kind::unavailable, std::string(kProgram) + " takes no words");
  }
  return speech;
}

Speech::Speech(Speech&& other) noexcept
    : program_(std::exchange(other.program_, -1)),
      sound_(std::exchange(other.sound_, -1)),
      begun_(other.begun_) {}

Speech::~Speech() {
  if (sound_ >= 0) ::close(sound_);
  if (program_ < 0) return;
  ::kill(program_, SIGKILL);
  while (::waitpid(program_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

sync::Expected<std::size_t> Speech::read_bytes(std::span<std::uint8_t> into) const {
  while (true) {
    pollfd wait{sound_, POLLIN, 0};
    const int ready = ::poll(&wait, 1, kPatienceMs);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return sync::fail(Kind::unavailable, std::string(kProgram) + " says nothing");
    const ssize_t got = ::read(sound_, into.data(), into.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return sync::fail(Kind::unavailable, std::string(kProgram) + ": " + std::strerror(errno));
    return static_cast<std::size_t>(got);
  }
}

sync::Expected<void> Speech::skip_header() {
  std::array<std::uint8_t, kHeaderBytes> header{};
  for (std::size_t have = 0; have < header.size();) {
    const auto got = read_bytes(std::span(header).subspan(have));
    if (!got) return tl::make_unexpected(got.error());
    if (*got == 0) return sync::fail(Kind::unavailable, std::string(kProgram) + " has no such voice");
    have += *got;
  }
  const int rate = header[kRateAt] | header[kRateAt + 1] << 8 | header[kRateAt + 2] << 16;
  if (std::memcmp(header.data(), "RIFF", 4) != 0 || rate != kSampleRate) {
    return sync::fail(Kind::unavailable, std::string(kProgram) + " speaks in another format");
  }
  begun_ = true;
  return {};
}

sync::Expected<std::size_t> Speech::read(std::span<std::int16_t> into) {
  if (!begun_) {
    if (auto skipped = skip_header(); !skipped) return tl::make_unexpected(skipped.error());
  }
  const std::span<std::uint8_t> bytes(reinterpret_cast<std::uint8_t*>(into.data()),
                                      into.size_bytes());  // NOLINT
  const auto got = read_bytes(bytes);
  if (!got) return got;
  // Half a sample: its other half is on its way.
  std::size_t have = *got;
  while (have % 2 != 0) {
    const auto more = read_bytes(bytes.subspan(have, 1));
    if (!more) return more;
    if (*more == 0) return (have - 1) / 2;
    have += *more;
  }
  return have / 2;
}

}  // namespace lanyard::kiosk
