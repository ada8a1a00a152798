#include "kiosk/gate/gate_word.hpp"

#include <random>
#include <vector>

#include "tests/catch.hpp"

namespace lanyard::gate {
namespace {

using std::chrono::milliseconds;

TEST_CASE("a word comes out as it was said") {
  for (const Word& word : {Word{Word::Kind::light, Light::off, 0, Moment{}},
                           Word{Word::Kind::light, Light::stop, 0, Moment{milliseconds{123'456'789}}},
                           Word{Word::Kind::let_through, Light::off, 1, Moment{milliseconds{1}}},
                           Word{Word::Kind::let_through, Light::off, 0xFFFFFFFF, Moment{milliseconds{1}}}}) {
    CHECK(word_from(to_bytes(word)) == word);
  }
}

TEST_CASE("an answer comes out as it was given") {
  for (const Answer& answer :
       {Answer{Answer::Kind::health, true, 0, {}}, Answer{Answer::Kind::health, false, 0, {}},
        Answer{Answer::Kind::given, false, 9, {}},
        Answer{Answer::Kind::not_given, false, 9, NotGiven::cut_off}}) {
    CHECK(answer_from(to_bytes(answer)) == answer);
  }
}

TEST_CASE("what is no whole word is none") {
  const Bytes good = to_bytes(Word{Word::Kind::let_through, Light::off, 1, Moment{milliseconds{5}}});
  CHECK_FALSE(word_from(std::span(good).first(15)));
  CHECK_FALSE(word_from({}));
  const std::vector<std::uint8_t> longer(17, 0);
  CHECK_FALSE(word_from(longer));
  const auto with = [&good](std::size_t at, std::uint8_t value) {
    Bytes bytes = good;
    bytes[at] = value;
    return bytes;
  };
  CHECK_FALSE(word_from(with(0, 'X')));    // no kind
  CHECK_FALSE(word_from(with(1, 1)));      // of a pulse there is no more to say
  CHECK_FALSE(word_from(with(2, 1)));      // nor here
  CHECK_FALSE(word_from(with(4, 0)));      // and it has a number
  CHECK_FALSE(word_from(with(15, 0x80)));  // before the machine started
  CHECK_FALSE(word_from(with(15, 0x7F)));  // after the end of time
  CHECK_FALSE(word_from(with(0, 'L')));    // a light has none
  Bytes light = to_bytes(Word{Word::Kind::light, Light::stop, 0, Moment{}});
  light[1] = 4;  // and is one of four
  CHECK_FALSE(word_from(light));
  CHECK_FALSE(answer_from(good));
}

TEST_CASE("any bytes are a word or none, and one that is read says itself again") {
  std::mt19937 chance(7);
  const auto up_to = [&](int most) {
    return static_cast<std::uint8_t>(std::uniform_int_distribution<int>(0, most)(chance));
  };
  int words = 0;
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes{};
    constexpr std::array<std::uint8_t, 6> kKinds{'L', 'P', 'H', 'G', 'N', 'x'};
    bytes[0] = kKinds.at(up_to(5));
    for (std::size_t at = 1; at < bytes.size(); ++at)
      bytes[at] = up_to(3) == 0 ? up_to(255) : std::uint8_t{0};
    const auto word = word_from(bytes);
    const auto answer = answer_from(bytes);
    if (word) CHECK(to_bytes(*word) == bytes);
    if (answer) CHECK(to_bytes(*answer) == bytes);
    words += (word ? 1 : 0) + (answer ? 1 : 0);
  }
  CHECK(words > 100);
}

}  // namespace
}  // namespace lanyard::gate
