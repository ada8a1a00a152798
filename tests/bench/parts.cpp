#include "tests/bench/parts.hpp"

#include "kiosk/desk/admit.hpp"
#include "kiosk/stamp.hpp"
#include "scanner/decode.hpp"

namespace lanyard::bench {

namespace {

using sync::Expected;

constexpr int kRounds = 5;

}  // namespace

Series decode_frames(const Stage& stage) {
  Series series{"decode: a badge in 1920x1080", {}};
  for (int round = 0; round < kRounds; ++round) {
    for (const Guest& guest : stage.guests) {
      time_into(series, [&] { (void)scanner::decode(guest.frame->view()); });
    }
  }
  return series;
}

Expected<Series> decide_all(const Stage& stage, sync::Store store, std::string name) {
  Series series{std::move(name), {}};
  kiosk::Desk desk(std::move(store));
  for (int round = 0; round < kRounds; ++round) {
    for (const Guest& guest : stage.guests) {
      const auto begin = Clock::now();
      const auto judged = desk.consider(guest.text, kiosk::stamp_now());
      if (!judged) return tl::make_unexpected(judged.error());
      series.add(Clock::now() - begin);
      if (judged->decision.verdict != kiosk::Verdict::admitted) {
        return sync::fail(sync::Error::Kind::invalid, guest.attendee.id + ": " + judged->decision.rule_id);
      }
    }
  }
  return series;
}

Expected<Series> commit_rows(const Stage& stage, sync::Store store) {
  Series series{"durable commit of a row", {}};
  for (int round = 0; round < kRounds; ++round) {
    for (const Guest& guest : stage.guests) {
      sync::JournalRow row;
      row.kind = sync::RowKind::admitted;
      row.attendee = guest.attendee.id;
      row.zone = "bench";
      const auto begin = Clock::now();
      auto transaction = store.begin();
      if (!transaction) return tl::make_unexpected(transaction.error());
      if (auto appended = store.append(std::move(row), kiosk::stamp_now()); !appended) {
        return tl::make_unexpected(appended.error());
      }
      if (auto committed = transaction->commit(); !committed) return tl::make_unexpected(committed.error());
      series.add(Clock::now() - begin);
    }
  }
  return series;
}

Drawn draw_screens(const Stage& stage, kiosk::Window& window, kiosk::Canvas& canvas) {
  const std::vector<std::string> languages{"en", "zh"};
  const sync::Checkpoint& checkpoint = stage.roster.checkpoints.front();
  Drawn drawn;
  const auto frame_of = [&](const kiosk::State& state, const scanner::GrayFrame* picture) {
    const auto now = Clock::now();
    if (picture != nullptr) window.show_preview(picture->view(), std::nullopt, now);
    canvas.metrics = window.metrics();
    window.begin_frame();
    kiosk::View view{.state = state};
    view.event = &stage.event;
    view.checkpoint = &checkpoint;
    view.checkpoints = stage.roster.checkpoints;
    view.kiosk_name = "Bench 1";
    view.wall_now = kiosk::stamp_now().now;
    view.now = now;
    view.preview = window.preview();
    view.languages = languages;
    (void)kiosk::draw(view, canvas);
    (void)window.present();
  };
  for (const Guest& guest : stage.guests) {
    kiosk::State idle;
    idle.screen = kiosk::Idle{};
    idle.fault = kiosk::Fault::none;
    idle.since = Clock::now();
    frame_of(idle, guest.frame.get());  // not counted: the one after another screen has more to lay out
    for (int i = 0; i < kRounds; ++i) time_into(drawn.idle, [&] { frame_of(idle, guest.frame.get()); });
    kiosk::Decision decision;
    decision.verdict = kiosk::Verdict::admitted;
    decision.rule = kiosk::Rule::admit;
    decision.attendee = guest.attendee;
    kiosk::State admitted = idle;
    admitted.since = Clock::now();
    admitted.screen = kiosk::Admitted{decision, kiosk::Admitted::Badge::none, admitted.since};
    time_into(drawn.admitted, [&] { frame_of(admitted, guest.frame.get()); });
  }
  return drawn;
}

}  // namespace lanyard::bench
