#include "tests/fuzz/bodies.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "scanner/advice.hpp"
#include "scanner/decode.hpp"
#include "scanner/engine.hpp"
#include "scanner/hand_scanner.hpp"
#include "scanner/hid_keys.hpp"
#include "scanner/pixels.hpp"
#include "scanner/stack.hpp"
#include "scanner/stream_reader.hpp"
#include "sync/pretix_secret.hpp"
#include "sync/public_key.hpp"

namespace lanyard::scanner::fuzz {
namespace {

using std::chrono::milliseconds;

// Larger pictures are read like these, and would only take the time of many small ones.
constexpr std::int64_t kMostPixels = std::int64_t{1} << 21U;

void require(bool holds) {
  if (!holds) std::abort();
}

// Every pixel can be read: what a sanitizer watches.
unsigned sum_of(GrayView view) {
  unsigned sum = 0;
  for (int y = 0; y < view.height; ++y) {
    for (int x = 0; x < view.width; ++x) sum += view.row(y)[x];
  }
  return sum;
}

// In memory of exactly its size, so that a step past its end shows.
std::vector<std::uint8_t> exact(Input input) {
  std::vector<std::uint8_t> copy(input.begin(), input.end());
  copy.shrink_to_fit();
  return copy;
}

std::uint32_t number_at(Input input, std::size_t at, std::size_t bytes, bool little) {
  if (at + bytes > input.size()) return 0;
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < bytes; ++i) number = number * 256 + input[at + (little ? bytes - 1 - i : i)];
  return number;
}

void read_by(JpegReader& reader, Input jpeg) {
  const auto measures = reader.begin(jpeg);
  if (!measures || std::int64_t{measures->width} * measures->height > kMostPixels) return;
  GrayFrame frame(measures->width, measures->height);
  if (reader.finish(frame)) (void)sum_of(frame.view());
}

constexpr std::size_t kFrameHead = 4;

// A frame up to 256 pixels wide and high, and what is looked for in it. More input than kFrameHead.
struct Framed {
  std::vector<std::uint8_t> memory;
  GrayView view;
  Symbologies symbologies;

  explicit Framed(Input input) {
    const int width = 1 + input[0];
    const int height = 1 + input[1];
    const int stride = width + input[2] % 64;
    const Symbologies all{.micro_qr = true, .data_matrix = true, .aztec = true, .pdf417 = true};
    if ((input[3] & 1U) != 0 && engine_can(all)) symbologies = all;
    const Input pixels = input.subspan(kFrameHead);
    // The last row ends with its last pixel.
    memory.resize(static_cast<std::size_t>(stride) * static_cast<std::size_t>(height - 1) +
                  static_cast<std::size_t>(width));
    for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = pixels[i % pixels.size()];
    memory.shrink_to_fit();
    view = {memory.data(), width, height, stride};
  }
};

void check_symbols(const std::vector<Symbol>& symbols, std::size_t most) {
  require(symbols.size() <= most);
  for (const Symbol& symbol : symbols) {
    require(!symbol.text.empty() && symbol.text.size() <= kMaxSymbolBytes && !symbol.format.empty());
  }
}

}  // namespace

void fuzz_jpeg(Input input) {
  const auto bytes = exact(input);
  {
    JpegReader peek;
    const auto measures = peek.begin(bytes);
    if (!measures || std::int64_t{measures->width} * measures->height > kMostPixels) return;
  }
  const auto whole = gray_from_jpeg(bytes);
  for (const JpegScale scale : {JpegScale::half, JpegScale::quarter, JpegScale::eighth}) {
    const auto part = gray_from_jpeg(bytes, scale);
    if (!whole || !part) continue;
    const int times = 8 / static_cast<int>(scale);
    require(part->width() == (whole->width() + times - 1) / times);
    require(part->height() == (whole->height() + times - 1) / times);
    (void)sum_of(part->view());
  }
  // The same reader for another picture, and then for this one.
  JpegReader reader;
  read_by(reader, Input(bytes).first(bytes.size() / 2));
  read_by(reader, bytes);
  const auto measures = reader.begin(bytes);
  require(measures.has_value());
  GrayFrame again(measures->width, measures->height);
  if (reader.finish(again)) require(whole && sum_of(again.view()) == sum_of(whole->view()));
}

void fuzz_picture(Input input) {
  const auto bytes = exact(input);
  const bool png = bytes.size() > 24 && bytes[0] == 0x89;
  const std::uint32_t width = png ? number_at(input, 16, 4, false) : 0;
  const std::uint32_t height = png ? number_at(input, 20, 4, false) : 0;
  const bool fits = width <= kMaxFrameSidePixels && height <= kMaxFrameSidePixels;
  if (fits && std::int64_t{width} * height > kMostPixels) return;
  const auto read = gray_from_picture(bytes);
  if (!read) return require(!read.error().message.empty());
  require(fits_frame(read->width(), read->height()));
  (void)sum_of(read->view());
}

void fuzz_pixels(Input input) {
  constexpr std::size_t kHead = 8;
  if (input.size() < kHead) return;
  RawPicture picture;
  picture.format = static_cast<PixelFormat>(input[0] % 4);
  picture.width = static_cast<std::int16_t>(number_at(input, 1, 2, true));
  picture.height = static_cast<std::int16_t>(number_at(input, 3, 2, true));
  picture.bytes_per_line = static_cast<std::int16_t>(number_at(input, 5, 2, true));
  const auto scale = static_cast<JpegScale>(1U << (input[7] % 4U));
  const auto bytes = exact(input.subspan(kHead));
  picture.bytes = bytes;
  if (std::int64_t{picture.width} * picture.height > kMostPixels) return;
  const auto copy = gray_from_raw(picture, scale);
  if (copy) (void)sum_of(copy->view());
  const auto light = light_of(picture);
  const bool in_place = picture.format == PixelFormat::grey || picture.format == PixelFormat::nv12;
  require(light.has_value() == (in_place && copy.has_value()));
  if (light) require(sum_of(*light) == sum_of(copy->view()));
}

void fuzz_reader(Input input) {
  if (input.size() <= kFrameHead) return;
  const Framed framed(input);
  const std::uint8_t how = input[3];
  const EngineLook look{.several_scales = (how & 2U) != 0,
                        .one_threshold = (how & 4U) != 0,
                        .dark_turned = (how & 8U) != 0,
                        .max_symbols = 1 + how / 16 % 4,
                        .symbologies = framed.symbologies};
  if (std::min(framed.view.width, framed.view.height) >= kLeastSymbolSide) {
    check_symbols(ask_engine(framed.view, look), static_cast<std::size_t>(look.max_symbols));
  }
  static qr::SymbolReader reader;
  const auto& found = reader.read(framed.view, {.triples = 12, .bent = look.one_threshold, .symbols = 2});
  require(found.size() <= 2);
  for (const qr::FoundSymbol& one : found) {
    const auto text = text_of(one.symbol);
    require(!text || text->size() <= kMaxSymbolBytes);
  }
}

void fuzz_frame(Input input) {
  if (input.size() <= kFrameHead) return;
  const Framed framed(input);
  const GrayView view = framed.view;
  // One that has seen other frames before, of other measures.
  constexpr std::chrono::hours kAllTheTime{1};  // what is run must not hang on the machine
  static StreamReader lasting{{.budget = kAllTheTime}};
  static Adviser adviser;
  static Adviser::TimePoint now{std::chrono::hours{1}};
  const FrameReading reading = lasting.read(view);
  check_symbols(reading.symbols, 4);
  now += milliseconds{33};
  require(static_cast<std::size_t>(adviser.advise(view, reading, now)) < kAdvices);
  StreamReader fresh{{.max_symbols = 1, .symbologies = framed.symbologies, .budget = kAllTheTime}};
  check_symbols(fresh.read(view).symbols, 1);
  if (input[3] % 8 != 3) return;  // dear
  check_symbols(
      decode(view, {.effort = Effort::thorough, .max_symbols = 8, .symbologies = framed.symbologies}), 8);
}

void fuzz_stack(Input input) {
  constexpr std::size_t kHead = 16;
  if (input.size() <= kHead) return;
  const int width = 1 + static_cast<int>(number_at(input, 0, 2, true) % 1400);
  const int height = 1 + static_cast<int>(number_at(input, 2, 2, true) % 800);
  const auto signed_at = [&input](std::size_t at) {
    return static_cast<std::int16_t>(number_at(input, at, 2, true));
  };
  const Region sighted{signed_at(4), signed_at(6), signed_at(8), signed_at(10)};
  const Input pixels = input.subspan(kHead);
  Stack stack;
  Sheet sheet;
  GrayFrame frame(width, height);
  for (unsigned i = 0; i < 20; ++i) {
    const std::size_t aside = i * input[12];
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        const auto at = static_cast<std::size_t>(y / 2) * 701 + static_cast<std::size_t>(x / 2) + aside;
        frame.row(y)[x] = static_cast<std::uint8_t>(unsigned{pixels[at % pixels.size()]} ^
                                                    (static_cast<std::uint32_t>(at) * 2654435761U >> 27U));
      }
    }
    const int factor = RegionFinder::factor_for(frame.view());
    const GrayView small = factor == 0   ? GrayView{}
                           : factor == 1 ? frame.view()
                                         : shrink(frame.view(), factor, sheet);
    stack.add(frame.view(), small, (unsigned{input[13]} >> i % 8U & 1U) != 0 ? sighted : Region{});
    const Stack::Mean mean = stack.mean();
    require(mean.view.empty() == (stack.depth() == 0));
    require(mean.x >= 0 && mean.y >= 0 && mean.x + mean.view.width * mean.factor <= width &&
            mean.y + mean.view.height * mean.factor <= height);
    if (!mean.view.empty()) (void)sum_of(mean.view);
    if (i % 16 == input[14] % 16) stack.give_up();
  }
}

void fuzz_hand(Input input) {
  if (input.size() < 3) return;
  HandFormat format;
  format.end = static_cast<CodeEnd>(input[0] % 7);
  format.aim = (input[1] & 1U) != 0;
  format.eci = (input[1] & 2U) != 0;
  if ((input[1] & 4U) != 0) format.prefix = "\x02*";
  const std::size_t piece = input[2] + std::size_t{1};
  HandScanner scanner(format);
  HandScanner::TimePoint now(std::chrono::hours{1});
  const auto judge = [](const std::vector<HandReading>& readings) {
    for (const HandReading& reading : readings) {
      if (!reading) continue;
      require(!reading->text.empty());
      require(reading->text.size() <= 2 * kMaxHandCodeBytes);
      require(!holds_stray_control(reading->text));
      require(!is_scanner_configuration(reading->text));
    }
  };
  for (Input rest = input.subspan(3); !rest.empty();) {
    const Input part = rest.first(std::min(piece, rest.size()));
    rest = rest.subspan(part.size());
    judge(scanner.take({reinterpret_cast<const char*>(part.data()), part.size()}, now));
    now += milliseconds{part.front()};
    if (part.back() % 4 == 0) judge(scanner.take_pause(now));
  }
  judge(scanner.take_pause(now + format.idle));
  require(!scanner.wake_at());
}

void fuzz_keys(Input input) {
  if (input.empty()) return;
  KeyTyping typing(static_cast<KeyLayout>(input[0] % 3));
  std::string text;
  for (std::size_t at = 1; at + 4 <= input.size(); at += 4) {
    const std::size_t before = text.size();
    const auto code = static_cast<std::uint16_t>(number_at(input, at + 1, 2, true) % 0x300U);
    typing.take({static_cast<std::uint16_t>(input[at] % 6), code, input[at + 3] % 3}, text);
    require(text.size() - before <= 8);  // two characters at the most
  }
}

void fuzz_pretix(Input input) {
  const auto bytes = exact(input);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto keys = sync::read_public_keys(text);
  require(keys ? keys->size() <= sync::kMaxKeysInText : !keys.error().empty());
  // A key that has signed nothing: whatever is shown, nothing comes through.
  const auto read = sync::read_pretix_secret(text, std::vector<sync::PublicKey>{{1}});
  require(!read && sync::to_name(read.error()) != "?");
}

}  // namespace lanyard::scanner::fuzz
