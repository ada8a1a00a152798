// lanyard-badge-bench: what a badge costs, and whether its code can be read by others than us.
//
//   lanyard-badge-bench times            template -> PDF, -> raster at 300 dpi, of the three templates
//   lanyard-badge-bench codes [COUNT]    COUNT random credentials: read straight off the raster at 203 dpi,
//   and
//                                        off a print before a camera, by ZXing and by zbar; 10000
//   lanyard-badge-bench way PRINTER      from the request to the printer's first byte, its parts
//
// Exits 1 where a line is over its bar.
#include "kiosk/badge/badge.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <sodium.h>
#include <unistd.h>

#include "kiosk/badge/printer.hpp"
#include "kiosk/badge/qr_code.hpp"
#include "kiosk/print_thread.hpp"
#include "kiosk/stamp.hpp"
#include "scanner/decode.hpp"
#include "scanner/engine.hpp"
#include "scanner/picture.hpp"
#include "tests/bench/scan/readers.hpp"
#include "tests/e2e/arrivals/jpeg.hpp"
#include "tests/e2e/arrivals/random.hpp"
#include "tests/e2e/arrivals/scene.hpp"
#include "tests/e2e/arrivals/things.hpp"

namespace {

using namespace lanyard;  // a program's own file
using namespace lanyard::kiosk;
using Clock = std::chrono::steady_clock;

constexpr std::array kTemplates{"a6-portrait", "card-86x54", "label-62x100"};

BadgeTemplate template_named(const std::string& name) {
  auto loaded = BadgeTemplate::load(std::filesystem::path(LANYARD_ASSETS) / "badges" / (name + ".svg"));
  if (loaded) return std::move(*loaded);
  (void)std::fprintf(stderr, "%s\n", loaded.error().message.c_str());
  std::exit(1);
}

double ms_since(Clock::time_point then) {
  return std::chrono::duration<double, std::milli>(Clock::now() - then).count();
}

double at_share(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[std::min(values.size() - 1,
                         static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

sync::EventInfo event_of_specimens() {
  sync::EventInfo event;
  event.id = "bench-2026";
  event.name = {{"en", "International Forum on Public Procurement"},
                {"zh", "国际公共采购论坛"},
                {"ar", "المنتدى الدولي للمشتريات العامة"}};
  event.categories = {{"delegate", {{"en", "Delegate"}, {"ar", "مندوب"}, {"zh", "代表"}}, 0x1f6f54}};
  event.zones = {{"site", {{"en", "Site"}}}, {"plenary", {{"en", "Plenary hall"}}}};
  event.runs = {sync::Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)),
                sync::Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 26))};
  return event;
}

struct NameOf {
  const char* name;
  const char* native;
  const char* language;
};
constexpr std::array<NameOf, 6> kNames{
    {{"Li Xiaoming", "李晓明", "zh"},
     {"Fatima al-Zahra Bennani Smires", "فاطمة الزهراء بناني سميرس", "ar"},
     {"Maria Francisca Antónia Gonçalves de Albuquerque Vasconcelos e Sá", "", "pt"},
     {"Екатерина Сергеевна Островская", "", "ru"},
     {"Ng", "吴", "zh"},
     {"Amina Otieno", "", "en"}}};

// A real credential, by a key that nobody has.
class Issuer {
 public:
  explicit Issuer(std::uint64_t seed) : random_(seed) {
    sync::PublicKey public_key{};
    std::array<std::uint8_t, crypto_sign_SEEDBYTES> bytes{};
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random_.bits());
    crypto_sign_seed_keypair(public_key.data(), key_.data(), bytes.data());
  }
  BadgeContent next() {
    const NameOf& who = kNames.at(random_.bits() % kNames.size());
    BadgeContent content;
    content.event = event_;
    content.attendee.id = "A" + std::to_string(random_.bits() % 100'000);
    content.attendee.name = who.name;
    content.attendee.name_native = who.native;
    content.attendee.languages = {who.language};
    content.attendee.organisation = "World Trade Organization";
    content.attendee.title = "Counsellor";
    content.attendee.category = "delegate";
    content.attendee.zones = {"site", "plenary"};
    content.language = who.language;
    sync::SignedCredential fields;
    fields.event = sync::event_tag(event_.id);
    fields.attendee = content.attendee.id;
    fields.generation = static_cast<std::uint16_t>(1 + random_.bits() % 9);
    fields.valid_from = event_.runs.from;
    fields.valid_until = event_.runs.until;
    content.credential = sync::mint(fields, key_);
    return content;
  }

 private:
  sync::EventInfo event_ = event_of_specimens();
  arrivals::Random random_;
  sync::SecretKey key_{};
};

// --- times

bool line(const std::string& what, const std::vector<double>& ms, double bar_ms) {
  const double p95 = at_share(ms, 0.95);
  const bool over = bar_ms > 0 && p95 > bar_ms;
  std::printf("%-34s %8.1f %8.1f %8.1f", what.c_str(), at_share(ms, 0.5), p95, at_share(ms, 1));
  if (bar_ms > 0) std::printf("   p95 bar %4.0f%s", bar_ms, over ? "  OVER" : "");
  std::printf("\n");
  return !over;
}

bool run_times() {
  constexpr int kRounds = 150;
  bool good = true;
  std::printf("%-34s %8s %8s %8s\n", "ms", "median", "p95", "most");
  for (const char* name : kTemplates) {
    const BadgeTemplate badge = template_named(name);
    Issuer issuer(7);
    std::vector<double> pdf;
    std::vector<double> raster;
    std::vector<double> dots;
    for (int i = -6; i < kRounds; ++i) {  // the first load the fonts
      const BadgeContent content = issuer.next();
      const auto measure = [&](PageForm form, std::vector<double>& into) {
        const auto begin = Clock::now();
        if (!badge.piece(content, "badge", {form, 300, false})) std::exit(1);
        if (i >= 0) into.push_back(ms_since(begin));
      };
      measure(PageForm::pdf, pdf);
      measure(PageForm::pwg_raster, raster);
      measure(PageForm::dots, dots);
    }
    good = line(std::string(name) + " -> PDF", pdf, 60) && good;
    good = line(std::string(name) + " -> PWG raster, 300 dpi", raster, 120) && good;
    good = line(std::string(name) + " -> dots, 300 dpi", dots, 120) && good;
  }
  return good;
}

// --- codes

scanner::GrayFrame picture_of(const PrintPage& page) {
  scanner::GrayFrame picture(page.width_px, page.height_px);
  const std::size_t row_bytes = (static_cast<std::size_t>(page.width_px) + 7) / 8;
  for (int y = 0; y < page.height_px; ++y) {
    for (int x = 0; x < page.width_px; ++x) {
      const auto byte = static_cast<unsigned char>(
          page.files.front()[static_cast<std::size_t>(y) * row_bytes + static_cast<std::size_t>(x) / 8]);
      picture.row(y)[x] = (byte & (0x80U >> (static_cast<unsigned>(x) % 8U))) != 0 ? 0 : 255;
    }
  }
  return picture;
}

// Ink runs: a dot beside a black one is grey by a third.
scanner::GrayFrame printed(const scanner::GrayFrame& dots) {
  scanner::GrayFrame paper(dots.width(), dots.height());
  for (int y = 0; y < dots.height(); ++y) {
    for (int x = 0; x < dots.width(); ++x) {
      const auto black = [&](int across, int down) {
        const int i = x + across;
        const int j = y + down;
        return i >= 0 && j >= 0 && i < dots.width() && j < dots.height() && dots.row(j)[i] < 128;
      };
      const bool beside = black(-1, 0) || black(1, 0) || black(0, -1) || black(0, 1);
      paper.row(y)[x] = black(0, 0) ? 0 : beside ? 170 : 255;
    }
  }
  return paper;
}

bool zxing_reads(scanner::GrayView view, const std::string& text) {
  scanner::EngineLook look;
  look.several_scales = true;
  return std::ranges::any_of(scanner::ask_engine(view, look),
                             [&](const scanner::Symbol& symbol) { return symbol.text == text; });
}

struct Readings {
  std::atomic<int> zxing{0};
  std::atomic<int> zbar{0};
  std::atomic<int> own{0};
};

struct Tally {
  std::atomic<int> done{0};
  Readings straight;
  Readings upright;  // before the camera, within kUpright degrees
  Readings
      any_angle;  // zbar looks for codes along rows and columns alone, and misses many that lie on a corner
};
constexpr double kUpright = 30;

// A print held 13 to 20 cm before a camera of 1920 pixels across: turned by as much as that, tilted by up to
// 12 degrees, a little out of focus, noisy, unevenly lit, packed as JPEG. The part of its picture that the
// code is in.
scanner::GrayFrame before_camera(const arrivals::Thing& thing, double turned_by_degrees, std::uint64_t seed) {
  arrivals::Random random(seed);
  arrivals::Scene scene;
  scene.frame = {1920, 600};
  scene.thing = &thing;
  scene.pose.at_px = {random.between(950, 970), random.between(290, 310)};
  scene.pose.roll_rad = random.between(-turned_by_degrees, turned_by_degrees) * arrivals::kDegree;
  scene.pose.yaw_rad = random.between(-12, 12) * arrivals::kDegree;
  scene.pose.pitch_rad = random.between(-12, 12) * arrivals::kDegree;
  scene.pose.distance_mm = random.between(130, 200);
  scene.defocus_px = random.between(0.2, 1.0);
  scene.exposure = {
      random.between(15, 45), random.between(190, 235), {random.between(0, 0.3), random.between(0, 6.28)}};
  scene.noise_sigma = random.between(1, 7);
  const auto frame = arrivals::compose(scene, seed);
  const auto jpeg = arrivals::jpeg_of(frame.view().part(620, 0, 680, frame.height()),
                                      static_cast<int>(random.between(60, 90)));
  auto back = scanner::gray_from_jpeg(jpeg);
  if (!back) std::exit(1);
  return std::move(*back);
}

void look_at(const BadgeContent& content, const BadgeTemplate& badge, std::uint64_t seed,
             const bench::Read& zbar, std::mutex& cairo, Tally& tally) {
  sync::Expected<PrintedPiece> page;
  sync::Expected<BadgePage> shape;
  {
    const std::lock_guard lock(cairo);  // cairo is one thread's at a time
    page = badge.piece(content, "badge", {PageForm::dots, 203, false});
  }
  if (!page) std::exit(1);
  const scanner::GrayFrame dots = picture_of(page->page);
  const auto read = [&](scanner::GrayView view, Readings& readings) {
    readings.zxing += zxing_reads(view, content.credential) ? 1 : 0;
    const auto texts = zbar(view).texts;
    readings.zbar += std::ranges::find(texts, content.credential) != texts.end() ? 1 : 0;
    const auto ours = scanner::decode(view, {.effort = scanner::Effort::quick});
    readings.own +=
        std::ranges::any_of(ours, [&](const auto& one) { return one.text == content.credential; });
  };
  read(dots.view(), tally.straight);
  const auto symbols = scanner::decode(dots.view(), {.effort = scanner::Effort::thorough});
  const auto symbol = std::ranges::find(symbols, content.credential, &scanner::Symbol::text);
  if (symbol == symbols.end()) std::exit(1);
  const scanner::GrayFrame paper = printed(dots);
  arrivals::BadgePicture picture{paper.view(), 203, {}, page->code_modules, 0, 255};
  for (std::size_t i = 0; i < 4; ++i)
    picture.code_corners[i] = {double(symbol->corners[i].x), double(symbol->corners[i].y)};
  const arrivals::Thing thing = arrivals::badge_thing(picture, seed);
  read(before_camera(thing, kUpright, seed).view(), tally.upright);
  read(before_camera(thing, 180, arrivals::seed_of(seed, 1)).view(), tally.any_angle);
  ++tally.done;
}

bool share_line(const char* what, int read, int of, double bar) {
  const double share = 100.0 * read / of;
  const bool under = share < bar;
  std::printf("%-12s %6d of %6d   %8.3f %%", what, read, of, share);
  if (bar > 0) std::printf("   bar %.1f%s", bar, under ? "  UNDER" : "");
  std::printf("\n");
  return !under;
}

bool run_codes(int count) {
  const auto zbars = bench::zbar_readers();
  if (zbars.empty()) {
    std::puts("zbar is not here: install libzbar-dev");
    return false;
  }
  std::vector<BadgeTemplate> templates;
  for (const char* name : kTemplates) templates.push_back(template_named(name));
  std::vector<BadgeContent> contents;
  Issuer issuer(11);
  for (int i = 0; i < count; ++i) contents.push_back(issuer.next());
  Tally tally;
  std::mutex cairo;
  std::atomic<int> next{0};
  const auto work = [&] {
    const auto zbar = zbars.front().begin_stream();
    for (int i = next++; i < count; i = next++) {
      const auto at = static_cast<std::size_t>(i);
      look_at(contents[at], templates[at % templates.size()], arrivals::seed_of(3, at), zbar, cairo, tally);
      if (i % 500 == 499) (void)std::fprintf(stderr, "%d of %d\n", i + 1, count);
    }
  };
  {
    std::vector<std::jthread> workers;
    for (unsigned i = 0; i < std::max(1U, std::thread::hardware_concurrency()); ++i)
      workers.emplace_back(work);
  }
  bool good = true;
  const auto lines = [&](const char* what, const Readings& readings, double bar) {
    std::printf("%s\n", what);
    good = share_line("  ZXing", readings.zxing, count, bar) && good;
    good = share_line("  zbar", readings.zbar, count, bar) && good;
    good = share_line("  our own", readings.own, count, bar) && good;
  };
  lines("straight off the raster, 203 dpi", tally.straight, 100);
  lines("printed, before a camera, within 30 degrees of upright", tally.upright, 99.9);
  lines("printed, before a camera, at any angle", tally.any_angle, 0);
  return good;
}

// --- the way of a request

// Notes when each step was taken, on its way to the real one.
class WatchedPrinter : public Printer {
 public:
  struct Times {
    Clock::time_point asked, wished, opened, sent;
  };
  WatchedPrinter(std::unique_ptr<Printer> real, Times& times) : real_(std::move(real)), times_(times) {}
  sync::Expected<PrinterState> state() override {
    auto is = real_->state();
    times_.asked = Clock::now();
    return is;
  }
  sync::Expected<PageWish> wish() override {
    auto wished = real_->wish();
    times_.wished = Clock::now();
    return wished;
  }
  sync::Expected<std::string> open(std::string_view job, const PrintPage& page) override {
    drawn_ = Clock::now();
    auto mark = real_->open(job, page);
    times_.opened = Clock::now();
    return mark;
  }
  sync::Expected<void> send(std::string_view job, std::string_view mark, const PrintPage& page) override {
    times_.sent = Clock::now();  // the row is durable, and the first byte is next
    return real_->send(job, mark, page);
  }
  sync::Expected<JobLook> look(std::string_view job, std::string_view mark) override {
    return real_->look(job, mark);
  }
  sync::Expected<JobLook> take_back(std::string_view job, std::string_view mark) override {
    return real_->take_back(job, mark);
  }
  [[nodiscard]] Clock::time_point drawn() const { return drawn_; }

 private:
  std::unique_ptr<Printer> real_;
  Times& times_;
  Clock::time_point drawn_{};
};

struct Scratch {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("lanyard-badge-bench-" + std::to_string(::getpid()));
  Scratch() { std::filesystem::create_directories(path); }
  ~Scratch() {
    std::error_code error;
    std::filesystem::remove_all(path, error);
  }
};

sync::RosterPage roster_of(int people) {
  sync::RosterPage page;
  page.epoch = "bench";
  page.from_start = true;
  page.next = 1;
  page.event = event_of_specimens();
  const auto now = stamp_now().now;
  page.event->runs = {now - std::chrono::days(1), now + std::chrono::days(1)};
  sync::Checkpoint door;
  door.id = "main";
  door.zone = "site";
  door.badge = sync::BadgePolicy::on_first_entry;
  page.checkpoints = {door};
  Issuer issuer(5);
  for (int i = 0; i < people; ++i) {
    sync::Attendee one = issuer.next().attendee;
    one.id = "B" + std::to_string(1000 + i);
    one.status = sync::Status::approved;
    page.attendees.push_back(std::move(one));
  }
  return page;
}

bool run_way(const std::string& uri) {
  constexpr int kBadges = 60;
  const Scratch scratch;
  const auto file = scratch.path / "store.db";
  {
    sync::PublicKey public_key{};
    sync::SecretKey key{};
    crypto_sign_keypair(public_key.data(), key.data());
    auto store = sync::Store::open(file).value();
    if (!store.set_identity({"bench", "Bench", "bench-2026", "main", {}, key})) return false;
    if (!store.apply(roster_of(kBadges), stamp_now().now)) return false;
  }
  WatchedPrinter::Times times;
  auto real = make_printer(uri, 300);
  if (!real) {
    (void)std::fprintf(stderr, "%s\n", real.error().message.c_str());
    return false;
  }
  auto watched = std::make_unique<WatchedPrinter>(std::move(*real), times);
  WatchedPrinter* const seen = watched.get();
  std::vector<PoolPrinter> pool;
  pool.push_back({std::move(watched), uri, ""});
  std::atomic<int> ended{0};
  std::atomic<int> printed_badges{0};
  Inbox inbox([] {});
  std::unique_ptr<PrintThread> print;
  Clock::time_point requested;
  JournalThread journal(file, {}, inbox, [&](PrintJob job) {
    requested = Clock::now();
    print->post(std::move(job));
  });
  PrintReports reports = reports_to(journal, inbox);
  reports.done = [&](const BadgeOutcome& outcome) {
    journal.post(outcome);
    printed_badges += outcome.printed ? 1 : 0;
    ++ended;
    ended.notify_one();
  };
  print = std::make_unique<PrintThread>(std::move(pool), template_named("a6-portrait"), std::move(reports));
  std::vector<double> row, ask, draw, open, sent_row, all;
  std::this_thread::sleep_for(std::chrono::seconds(1));  // the journal opens its store
  for (int i = 0; i < kBadges; ++i) {
    const auto begin = Clock::now();
    journal.post(effect::PrintBadge{"B" + std::to_string(1000 + i)});
    ended.wait(i);
    if (i < 3) continue;  // these load fonts
    const auto between = [](Clock::time_point a, Clock::time_point b) {
      return std::chrono::duration<double, std::milli>(b - a).count();
    };
    row.push_back(between(begin, requested));
    ask.push_back(between(requested, times.wished));
    draw.push_back(between(times.wished, seen->drawn()));
    open.push_back(between(seen->drawn(), times.opened));
    sent_row.push_back(between(times.opened, times.sent));
    all.push_back(between(begin, times.sent));
  }
  print->stop();
  std::printf("%-34s %8s %8s %8s   (%d of %d printed, %s)\n", "ms", "median", "p95", "most",
              printed_badges.load(), kBadges, uri.c_str());
  (void)line("the request's row", row, 0);
  (void)line("the printer's state and wish", ask, 0);
  (void)line("the page", draw, 0);
  (void)line("the job is opened", open, 0);
  (void)line("the row that it is sent", sent_row, 0);
  return line("request -> first byte", all, 200) && printed_badges == kBadges;
}

}  // namespace

int main(int argc, char** argv) {
  if (sodium_init() < 0) return 1;
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "times" && argc == 2) return run_times() ? 0 : 1;
  if (what == "codes" && argc <= 3)
    return run_codes(argc == 3 ? std::max(1, std::atoi(argv[2])) : 10'000) ? 0 : 1;
  if (what == "way" && argc == 3) return run_way(argv[2]) ? 0 : 1;
  (void)std::fputs("usage: lanyard-badge-bench times | codes [COUNT] | way PRINTER\n", stderr);
  return 2;
}
