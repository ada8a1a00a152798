// What is heard: tones, espeak-ng's voices, and the thread that owns the loudspeaker, by ALSA's own device
// that writes a file.
#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>

#include <unistd.h>

#include "kiosk/voice/voice_thread.hpp"
#include "tests/catch.hpp"
#include "tests/kiosk/hearing.hpp"
#include "tests/sync/temporary_folder.hpp"

namespace lanyard::kiosk {
namespace {

using namespace std::chrono_literals;

std::vector<std::int16_t> samples_in(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::vector<std::int16_t> samples(bytes.size() / 2);
  std::memcpy(samples.data(), bytes.data(), samples.size() * 2);
  return samples;
}

TEST_CASE("accept, refuse, call staff and attention are told apart by their shape", "[voice]") {
  std::set<std::vector<std::int16_t>> shapes;
  for (const Tone tone : {Tone::accept, Tone::refuse, Tone::call_staff, Tone::attention}) {
    const std::vector<std::int16_t> samples = samples_of(tone);
    CHECK(loudness(samples) > kHeard);
    CHECK(samples.size() < 1 * kSampleRate);  // over before speech would have to wait
    CHECK(std::ranges::max(samples) < 20'000);
    // How often it falls silent between two notes.
    std::vector<std::int16_t> rests;
    int quiet = 0;
    for (const std::int16_t sample : samples) {
      quiet = std::abs(sample) < 40 ? quiet + 1 : 0;
      if (quiet == kSampleRate / 25) rests.push_back(1);
    }
    rests.push_back(static_cast<std::int16_t>(samples.size() / 1000));
    shapes.insert(rests);
  }
  CHECK(shapes.size() == 4);
}

TEST_CASE("each of the six languages has a voice, and is heard", "[voice]") {
  const std::vector<Sentence> welcome{{"Welcome", "en"},        {"Bienvenue", "fr"},
                                      {"欢迎您", "zh"},         {"Добро пожаловать", "ru"},
                                      {"أهلاً وسهلاً بكم", "ar"}, {"Bienvenida", "es"}};
  std::set<std::string_view> voices;
  for (const Sentence& sentence : welcome) {
    CAPTURE(sentence.language);
    voices.insert(voice_of(sentence.language).value());
    const std::vector<std::int16_t> sound = spoken(sentence);
    CHECK(sound.size() > kSampleRate / 5);
    CHECK(sound.size() < 5 * kSampleRate);
    CHECK(loudness(sound) > kHeard);
  }
  CHECK(voices.size() == welcome.size());
  CHECK(voice_of("zh-Hans-CN") == voice_of("zh"));
  CHECK_FALSE(voice_of("xx"));
  CHECK(spoken({"Hello", "xx"}) == spoken({"Hello", "en"}));
}

TEST_CASE("a language that an event drops in is spoken by its own voice, if there is one", "[voice]") {
  for (const char* language : {"nl", "pl", "uk", "sw", "pt-BR", "no", "yue-Hant", "el", "th"}) {
    CAPTURE(language);
    REQUIRE(voice_of(language).has_value());
    CHECK(*voice_of(language) != voice_of("en"));
    CHECK(loudness(spoken({"123", language})) > kHeard);
  }
}

TEST_CASE("a hostile name is read, not obeyed", "[voice]") {
  const std::vector<std::string> names{"<audio src=\"/etc/passwd\"/><break time=\"60s\"/>Ann",
                                       "--help\n-w /tmp/out.wav\n",
                                       "[[_^_EN]] {\\v",
                                       "\xFF\xFE\xC3",
                                       std::string("A\0B", 3),
                                       std::string(50'000, 'W'),
                                       "$(reboot); `reboot` | reboot"};
  for (const std::string& name : names) {
    auto speech = Speech::begin({name, "en"});
    REQUIRE(speech);
    std::array<std::int16_t, 4096> some{};
    std::size_t all = 0;
    for (auto count = speech->read(some); count && *count > 0 && all < 3 * kSampleRate;
         count = speech->read(some)) {
      all += *count;
    }
  }
  CHECK_FALSE(std::filesystem::exists("/tmp/out.wav"));
}

TEST_CASE("phonemes in a name are letters", "[voice]") {
  CHECK(spoken({"Ann [[h@loU]]", "en"}) == spoken({"Ann [ [h@loU]]", "en"}));
}

TEST_CASE("a device that is not there is an error with its name", "[voice]") {
  const auto speaker = Loudspeaker::open("plughw:CARD=Nowhere");
  REQUIRE_FALSE(speaker);
  CHECK(speaker.error().message.find("plughw:CARD=Nowhere") != std::string::npos);
}

// ALSA's file device takes sound as fast as it comes.
class Heard {
 public:
  Heard() : voice_({"file:FILE=" + file().string() + ",FORMAT=raw"}, [this](std::uint64_t) { ++ended_; }) {}
  [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "heard.raw"; }
  [[nodiscard]] bool ends(int times) const {
    for (int i = 0; i < 2000 && ended_ < times; ++i) std::this_thread::sleep_for(5ms);
    return ended_ == times;
  }
  [[nodiscard]] int ended() const { return ended_; }
  VoiceThread& voice() { return voice_; }

 private:
  sync::hub::TemporaryFolder folder_;
  std::atomic<int> ended_{0};
  VoiceThread voice_;
};

TEST_CASE("what is said is heard, at its volume, and its end is told", "[voice]") {
  const auto said_at = [](int volume) {
    Heard heard;
    heard.voice().say({{"Please go in", "en"}}, volume);
    REQUIRE(heard.ends(1));
    CHECK(heard.voice().works());
    return loudness(samples_in(heard.file()));
  };
  const double most = said_at(kVolumeMost);
  const double least = said_at(kVolumeLeast);
  CHECK(most > kHeard);
  CHECK(least > 0);
  CHECK(most > 8 * least);
}

TEST_CASE("what is to be said now takes the place of what was being said", "[voice]") {
  Heard heard;
  for (int i = 0; i < 20; ++i) {
    heard.voice().say({{"The quick brown fox jumps over the lazy dog, again and again and again", "en"}}, 3);
  }
  heard.voice().say({{"Stop", "en"}}, 3);
  CHECK(heard.ends(1));  // of the last; the others were cut
  heard.voice().say({{"One", "en"}, {"Two", "en"}}, 3);
  heard.voice().hush();
  heard.voice().play(Tone::accept);
  heard.voice().say({{"Three", "en"}}, 3);
  CHECK(heard.ends(2));
}

TEST_CASE("what is to be said after waits, and its end is the end of both", "[voice]") {
  Heard heard;
  const std::uint64_t turn = heard.voice().say({{"One", "en"}}, 3);
  CHECK(heard.voice().say_after({{"Two", "en"}}, 3) == turn);
  REQUIRE(heard.ends(1));
  const std::size_t both = samples_in(heard.file()).size();
  CHECK(both > spoken({"One", "en"}).size() + spoken({"Two", "en"}).size() / 2);
}

TEST_CASE("a kiosk without a sound card goes on in silence", "[voice]") {
  std::atomic<int> ended{0};
  VoiceThread voice({"plughw:CARD=Nowhere"}, [&ended](std::uint64_t) { ++ended; });
  voice.play(Tone::refuse);
  voice.say({{"Hello", "en"}}, 3);
  for (int i = 0; i < 2000 && ended == 0; ++i) std::this_thread::sleep_for(5ms);
  CHECK(ended == 1);  // time is counted all the same
  CHECK_FALSE(voice.works());
}

}  // namespace
}  // namespace lanyard::kiosk
