#include "kiosk/gate/gate_word.hpp"

#include <cstring>

namespace lanyard::gate {

namespace {

struct Fields {
  char kind{0};
  std::uint8_t detail{0};
  std::uint32_t number{0};
  std::int64_t said_ms{0};
};

constexpr std::size_t kNumberAt = 4;
constexpr std::size_t kSaidAt = 8;

Bytes packed(const Fields& fields) {
  Bytes bytes{};
  bytes[0] = static_cast<std::uint8_t>(fields.kind);
  bytes[1] = fields.detail;
  std::memcpy(bytes.data() + kNumberAt, &fields.number, sizeof fields.number);
  std::memcpy(bytes.data() + kSaidAt, &fields.said_ms, sizeof fields.said_ms);
  return bytes;
}

std::optional<Fields> unpacked(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != kWordBytes || bytes[2] != 0 || bytes[3] != 0) return std::nullopt;
  Fields fields;
  fields.kind = static_cast<char>(bytes[0]);
  fields.detail = bytes[1];
  std::memcpy(&fields.number, bytes.data() + kNumberAt, sizeof fields.number);
  std::memcpy(&fields.said_ms, bytes.data() + kSaidAt, sizeof fields.said_ms);
  return fields;
}

// What a clock of nanoseconds can hold: more would overflow it.
bool is_moment(std::int64_t ms) {
  const auto most = std::chrono::duration_cast<std::chrono::milliseconds>(Moment::duration::max()).count();
  return ms >= 0 && ms <= most;
}

std::int64_t ms_of(Moment moment) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(moment.time_since_epoch()).count();
}

}  // namespace

std::string_view to_name(Light light) {
  constexpr std::array<std::string_view, kLights> kNames{"off", "ready", "busy", "stop"};
  return kNames.at(static_cast<std::size_t>(light));
}

std::string_view to_text(NotGiven why) {
  constexpr std::array<std::string_view, kNotGiven> kTexts{
      "it came too late", "one was under way, and another waited", "it was asked for a second time",
      "its lines cannot be driven", "the kiosk fell silent"};
  return kTexts.at(static_cast<std::size_t>(why));
}

Bytes to_bytes(const Word& word) {
  if (word.kind == Word::Kind::let_through) return packed({'P', 0, word.number, ms_of(word.said)});
  return packed({'L', static_cast<std::uint8_t>(word.light), 0, ms_of(word.said)});
}

Bytes to_bytes(const Answer& answer) {
  switch (answer.kind) {
    case Answer::Kind::health:
      break;
    case Answer::Kind::given:
      return packed({'G', 0, answer.number, 0});
    case Answer::Kind::not_given:
      return packed({'N', static_cast<std::uint8_t>(answer.why), answer.number, 0});
  }
  return packed({'H', static_cast<std::uint8_t>(answer.works ? 1 : 0), 0, 0});
}

std::optional<Word> word_from(std::span<const std::uint8_t> bytes) {
  const auto fields = unpacked(bytes);
  if (!fields || !is_moment(fields->said_ms)) return std::nullopt;
  const Moment said{std::chrono::milliseconds(fields->said_ms)};
  if (fields->kind == 'L' && fields->detail < kLights && fields->number == 0)
    return Word{Word::Kind::light, static_cast<Light>(fields->detail), 0, said};
  if (fields->kind == 'P' && fields->detail == 0 && fields->number > 0)
    return Word{Word::Kind::let_through, Light::off, fields->number, said};
  return std::nullopt;
}

std::optional<Answer> answer_from(std::span<const std::uint8_t> bytes) {
  const auto fields = unpacked(bytes);
  if (!fields || fields->said_ms != 0) return std::nullopt;
  const bool has_number = fields->number > 0;
  if (fields->kind == 'H' && fields->detail <= 1 && !has_number)
    return Answer{Answer::Kind::health, fields->detail == 1, 0, {}};
  if (fields->kind == 'G' && fields->detail == 0 && has_number)
    return Answer{Answer::Kind::given, false, fields->number, {}};
  if (fields->kind == 'N' && fields->detail < kNotGiven && has_number)
    return Answer{Answer::Kind::not_given, false, fields->number, static_cast<NotGiven>(fields->detail)};
  return std::nullopt;
}

}  // namespace lanyard::gate
