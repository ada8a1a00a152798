#include "kiosk/gate_line.hpp"

#include "tests/kiosk/flow_stage.hpp"
#include "tests/kiosk/gate/gate_stand.hpp"

namespace lanyard::kiosk {
namespace {

using gate::comes;
using gate::FakeChip;
using gate::GateStand;
using gate::Light;
using std::chrono::milliseconds;
using std::chrono::seconds;
using News = GateLine::News;

Moment steady() {
  return std::chrono::steady_clock::now();
}

// Says the light, as the main loop does, until it holds; what news came meanwhile is added.
template <class Holds>
bool tended(GateLine& line, Light light, std::vector<News>& news, Holds holds) {
  return comes([&] {
    line.tend(light, steady());
    for (News& one : line.take_news()) news.push_back(std::move(one));
    return holds();
  });
}

TEST_CASE("the lamp is ready when the next may come, and red when nobody may") {
  const auto shows = [](Screen screen) { return light_of(at(std::move(screen))); };
  CHECK(shows(Idle{}) == Light::ready);
  CHECK(shows(Admitted{}) == Light::ready);
  CHECK(shows(Checking{}) == Light::busy);
  CHECK(shows(BadgePreview{}) == Light::busy);
  CHECK(shows(StaffPin{}) == Light::busy);
  CHECK(shows(StaffStatus{}) == Light::busy);
  CHECK(shows(Refused{}) == Light::stop);
  CHECK(shows(Paused{}) == Light::stop);
  CHECK(shows(OutOfOrder{}) == Light::stop);
  CHECK(shows(SetUp{}) == Light::stop);
}

TEST_CASE("a kiosk without a gate asks for nothing and says nothing") {
  GateLine line({});
  line.tend(Light::ready, steady());
  line.let_through(steady());
  CHECK_FALSE(line.wake_at());
  CHECK(line.take_news().empty());
  CHECK(line.state() == GateNow::none);
}

TEST_CASE("the lamp follows what is said, and one person has one pulse") {
  FakeChip chip;
  const GateStand gate(chip, {milliseconds{40}, milliseconds{10}});
  GateLine line(gate.socket());
  std::vector<News> news;
  CHECK(line.state() == GateNow::starting);
  REQUIRE(tended(line, Light::ready, news, [&] { return line.state() == GateNow::works; }));
  CHECK(chip.now() == gate::Switched{false, true, false, false});
  line.let_through(steady());
  REQUIRE(tended(line, Light::busy, news, [&] { return chip.pulses() == 1 && !chip.now()[0]; }));
  line.let_through(steady());
  REQUIRE(tended(line, Light::stop, news, [&] { return chip.pulses() == 2 && !chip.now()[0]; }));
  CHECK(chip.now() == gate::Switched{false, false, false, true});
  CHECK(news.empty());
}

TEST_CASE("the light is said again each second, and nothing in between") {
  FakeChip chip;
  const GateStand gate(chip);
  GateLine line(gate.socket());
  std::vector<News> news;
  REQUIRE(tended(line, Light::ready, news, [&] { return line.state() == GateNow::works; }));
  REQUIRE(line.wake_at());
  const milliseconds left = std::chrono::ceil<milliseconds>(*line.wake_at() - steady());
  CHECK(left <= kSayLightEvery);
  CHECK(*line.wake_at() > steady() - seconds{1});
}

TEST_CASE("who is let through while there is no gate has it said at once, and no pulse later") {
  FakeChip chip;
  GateStand gate(chip, {milliseconds{40}, milliseconds{10}});
  GateLine line(gate.socket().string() + ".elsewhere");
  line.tend(Light::ready, steady());
  line.let_through(steady());
  const auto news = line.take_news();
  REQUIRE(news.size() == 1);
  CHECK(news[0].kind == News::Kind::stayed_shut);
  CHECK(news[0].why.starts_with("it cannot be reached: "));
  CHECK(line.state() == GateNow::away);
  CHECK(chip.pulses() == 0);
}

TEST_CASE("a gate that ends before it answers is said to have stayed shut, and is found when it is back") {
  FakeChip chip;
  GateStand gate(chip, {milliseconds{40}, milliseconds{10}});
  GateLine line(gate.socket());
  std::vector<News> news;
  REQUIRE(tended(line, Light::ready, news, [&] { return line.state() == GateNow::works; }));
  gate.end();
  line.let_through(steady());
  REQUIRE(tended(line, Light::ready, news, [&] { return news.size() == 1; }));
  CHECK(news[0].kind == News::Kind::stayed_shut);
  CHECK(line.state() == GateNow::away);
  gate.begin();
  REQUIRE(tended(line, Light::ready, news, [&] { return line.state() == GateNow::works; }));
  CHECK(news.size() == 1);
  CHECK(chip.pulses() == 0);
}

TEST_CASE("why a pulse was not given is told as the gate says it") {
  FakeChip chip;
  const GateStand gate(chip);
  GateLine line(gate.socket());
  std::vector<News> news;
  REQUIRE(tended(line, Light::ready, news, [&] { return line.state() == GateNow::works; }));
  chip.pull_out(true);
  line.let_through(steady());
  REQUIRE(tended(line, Light::ready, news, [&] { return !news.empty(); }));
  CHECK(news[0].why == "its lines cannot be driven");
  REQUIRE(tended(line, Light::stop, news, [&] { return line.state() == GateNow::away; }));
}

TEST_CASE("a gate that is away is told once, after a while, and connected to ever more seldom") {
  GateLine line("/nowhere/gate.sock");
  const Moment start = steady();
  std::vector<Moment> tries;
  std::vector<News> news;
  for (Moment now = start; now < start + seconds{200}; now = *line.wake_at()) {
    line.tend(Light::ready, now);
    tries.push_back(now - start + Moment{});
    for (News& one : line.take_news()) news.push_back(std::move(one));
  }
  REQUIRE(news.size() == 1);
  CHECK(news[0].kind == News::Kind::away);
  CHECK(news[0].why == "it cannot be reached: No such file or directory");
  REQUIRE(tries.size() > 6);
  CHECK(tries[1] - tries[0] == kGateAgainLeast);
  CHECK(tries[2] - tries[1] == 2 * kGateAgainLeast);
  CHECK(tries.back() - tries[tries.size() - 2] == kGateAgainMost);
}

TEST_CASE("a gate that does not answer is let go, and what was asked of it given up") {
  FakeChip chip;
  GateStand gate(chip);
  gate.end();  // systemd's socket listens, and nobody reads
  GateLine line(gate.socket());
  const Moment start = steady();
  line.tend(Light::ready, start);
  line.let_through(start);
  CHECK(line.take_news().empty());
  line.tend(Light::ready, start + kPulseAnswered);
  const auto late = line.take_news();
  REQUIRE(late.size() == 1);
  CHECK(late[0].why == "it did not say whether it opened");
  line.tend(Light::ready, start + kGateAnswers);
  CHECK(line.state() == GateNow::away);
  CHECK(*line.wake_at() == start + kGateAnswers + kGateAgainLeast);
}

TEST_CASE("no more people are asked for than a gate could be kept waiting with") {
  FakeChip chip;
  GateStand gate(chip);
  gate.end();
  GateLine line(gate.socket());
  const Moment start = steady();
  line.tend(Light::ready, start);
  for (std::size_t i = 0; i < kMaxPulsesAsked + 3; ++i) line.let_through(start);
  const auto news = line.take_news();
  CHECK(news.size() >= 3);
  for (const News& one : news) CHECK(one.kind == News::Kind::stayed_shut);
}

}  // namespace
}  // namespace lanyard::kiosk
