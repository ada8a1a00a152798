// Plays scenarios on real kiosks.
#include <algorithm>
#include <functional>
#include <set>

#include "sync/event_toml.hpp"
#include "tests/kiosk/demo_event.hpp"
#include "tests/kiosk/rulebook/scenario.hpp"
#include "tests/kiosk/rulebook/words.hpp"

namespace lanyard::kiosk::rulebook {

namespace {

using namespace std::chrono_literals;
using sync::JournalRow;
using sync::RowKind;

// One machine at an entrance.
class Kiosk {
 public:
  Kiosk(const std::filesystem::path& model, const std::filesystem::path& file) : file_(file) {
    for (const char* left : {"-wal", "-shm"}) std::filesystem::remove(file.string() + left);
    std::filesystem::copy_file(model, file, std::filesystem::copy_options::overwrite_existing);
    start();
    const sync::ClockMeasure measure{0, "boot-1", kOpening.time_since_epoch().count()};
    (void)desk().store().note_contact(kOpening, measure);
  }
  void start() {
    desk_.reset();
    desk_ = std::make_unique<Desk>(sync::Store::open(file_).value());
  }
  Desk& desk() { return *desk_; }
  void stand_at(const std::string& checkpoint) {
    if (!desk().store().checkpoint(checkpoint).value()) throw Mistake{"there is no checkpoint " + checkpoint};
    (void)desk().store().set_checkpoint(checkpoint);
  }

 private:
  std::filesystem::path file_;
  std::unique_ptr<Desk> desk_;
};

}  // namespace

struct Stage::Inside {
  Inside(sync::EventFile the_event, Cast the_cast) : event(std::move(the_event)), cast(std::move(the_cast)) {
    sync::RosterPage page = changes();
    page.from_start = true;
    page.event = event.event;
    page.checkpoints = event.checkpoints;
    page.keys = sync::KeyRing{{keys_of("hub").public_key, "hub"},
                              {keys_of("north-1").public_key, "north-1"},
                              {keys_of("south-1").public_key, "south-1"}};
    for (const auto& [key, person] : cast) {
      if (person.on_roster) add_to(page, person);
    }
    for (const std::string device : {"north-1", "south-1"}) {
      auto store = sync::Store::open(folder.path() / (device + ".db")).value();
      if (!store.set_identity(identity_of(device, "main")) || !store.apply(page, kOpening))
        throw Mistake{"the roster was not taken over"};
    }
  }

  sync::RosterPage changes() {
    sync::RosterPage page;
    page.epoch = "demo";
    page.next = ++version;
    return page;
  }
  static void add_to(sync::RosterPage& page, const Person& person) {
    page.attendees.push_back(person.attendee);
    if (!person.code.empty()) {
      page.credentials.push_back({sync::fingerprint(person.code, fingerprint_key()), person.attendee.id, 1});
    }
  }

  // --- the play
  std::string play(const Scenario& scenario);
  void begin();
  void happen(std::string line, Timestamp usual);
  void happen_to_kiosk(const Words& words, Timestamp when);
  void happen_to_crowd(const Words& words, Timestamp when);
  void happen_to(Person& person, const Words& words, Timestamp when);
  void become(Person& person, const Words& words);
  Decision decide_now(const Scenario& scenario, Timestamp now);
  [[nodiscard]] std::string symbol_of(const Person& person, const std::string& shows) const;
  Outcome ask_staff(Person& person, const Words& words, const Operator& who, Timestamp when);
  Outcome undo_last(const Person& person, const Operator& who, Timestamp when);
  void be_let_in(const Person& person, const Words& words, Timestamp when);

  Person& person(const std::string& key) {
    const auto found = playing.find(key);
    if (found == playing.end()) throw Mistake{"nobody of the cast is '" + key + "'"};
    return found->second;
  }
  [[nodiscard]] Operator staff(const std::string& role) const {
    const sync::Role* found = sync::find_role(event.event, role);
    if (found == nullptr) throw Mistake{"there is no role '" + role + "'"};
    return {"staff-" + role, *found};
  }
  [[nodiscard]] Timestamp moment(const Words& words, std::size_t at) const {
    if (words.size() < at + 3 || words[at] != "day") throw Mistake{"a time is as \"day 2 09:30\""};
    return event.event.runs.from + std::chrono::days(number_in(words[at + 1]) - 1) + clock_in(words[at + 2]);
  }
  [[nodiscard]] sync::RowStamp stamp(Timestamp when) const {
    sync::RowStamp made = stamp_at(when);
    made.now += clock_error;
    made.boot_id = boot;
    made.clock_synchronised = boot != "boot-1";
    return made;
  }
  // The rows that have not been told, as the hub would pass them on.
  static void tell(Kiosk& from, Kiosk& to, const std::set<std::string>& unheard) {
    sync::FeedPage page;
    std::vector<JournalRow> rows = from.desk().store().own_rows(0, 1000).value();
    for (JournalRow& row : rows) {
      if (!unheard.contains(row.id))
        page.rows.push_back({static_cast<std::int64_t>(row.seq), std::move(row)});
    }
    if (!to.desk().store().apply(page)) throw Mistake{"rows were not taken over"};
  }
  void must(const Decision& decision, Verdict wanted, const std::string& what) const {
    if (decision.verdict != wanted)
      throw Mistake{what + ": " + std::string(to_name(decision.verdict)) + " by " + decision.rule_id};
  }
  void enter(Person& person, const std::string& place, Timestamp when, bool badge_comes_out);

  sync::EventFile event;
  Cast cast;
  TemporaryFolder folder;
  std::int64_t version{0};

  // Of the scenario that is being played.
  Cast playing;
  std::unique_ptr<Kiosk> here, there;
  Kiosk* stage{nullptr};
  std::set<std::string> unheard;
  std::map<std::string, std::vector<std::string>> badges;  // by key, the newest last
  std::map<std::string, std::string> day_badges;
  std::uint64_t crowd{0};
  std::chrono::minutes clock_error{0};
  std::string boot;
};

void Stage::Inside::begin() {
  here.reset();
  there.reset();
  here = std::make_unique<Kiosk>(folder.path() / "north-1.db", folder.path() / "here.db");
  there = std::make_unique<Kiosk>(folder.path() / "south-1.db", folder.path() / "there.db");
  playing = cast;
  unheard.clear();
  badges.clear();
  day_badges.clear();
  crowd = 0;
  clock_error = 0min;
  boot = "boot-1";
  for (const auto& [key, person] : playing) badges[key] = {issued(person.attendee.id)};
}

std::string Stage::Inside::symbol_of(const Person& person, const std::string& shows) const {
  if (shows == "badge") return badges.at(person.key).back();
  if (shows == "old badge") return badges.at(person.key).front();
  if (shows == "day badge") {
    const auto found = day_badges.find(person.key);
    if (found == day_badges.end()) throw Mistake{person.key + " has no day badge"};
    return found->second;
  }
  if (shows == "code") {
    if (person.code.empty()) throw Mistake{person.key + " has no code"};
    return person.code;
  }
  sync::SignedCredential fields;
  fields.event = sync::event_tag("forum-2026");
  fields.attendee = person.attendee.id;
  if (shows == "forged badge") return sync::mint(fields, keys_of("forger").secret_key);
  if (shows == "altered badge") {
    std::string text = badges.at(person.key).back();
    text[text.size() - 4] = text[text.size() - 4] == '0' ? '1' : '0';  // of the signature
    return text;
  }
  if (shows == "badge of another event") {
    fields.event = sync::event_tag("forum-2025");
    return sync::mint(fields, keys_of("hub").secret_key);
  }
  throw Mistake{"nobody shows '" + shows + "'"};
}

void Stage::Inside::enter(Person& person, const std::string& place, Timestamp when, bool badge_comes_out) {
  stage->stand_at(place);
  const auto decision = stage->desk().admit(symbol_of(person, "badge"), stamp(when)).value();
  must(decision, Verdict::admitted, person.key + " does not enter " + place);
  if (!decision.badge_owed || !badge_comes_out) return;
  const auto order = stage->desk().order_badge(person.attendee.id, stamp(when)).value();
  (void)stage->desk().badge_done(order, true, "", stamp(when));
}

void Stage::Inside::become(Person& person, const Words& words) {
  sync::Attendee& who = person.attendee;
  const std::string& what = words.at(0);
  const auto toggle = [&](std::vector<std::string>& list, bool on) {
    std::erase(list, words.at(1));
    if (on) list.push_back(words.at(1));
  };
  if (const auto status = sync::status_named(what)) {
    who.status = *status;
  } else if (what == "category") {
    who.category = words.at(1);
  } else if (what == "tagged" || what == "untagged") {
    toggle(who.tags, what == "tagged");
  } else if (what == "zoned" || what == "unzoned") {
    toggle(who.zones, what == "zoned");
  } else if (what != "known" && what != "removed") {
    throw Mistake{"nobody becomes '" + what + "'"};
  }
  sync::RosterPage page = changes();
  if (what == "removed") {
    page.removed.push_back(who.id);
  } else {
    add_to(page, person);
  }
  for (Kiosk* kiosk : {here.get(), there.get()}) {
    if (!kiosk->desk().store().apply(page, kOpening)) throw Mistake{"the roster was not taken over"};
  }
}

// The last entry or exit of theirs.
Outcome Stage::Inside::undo_last(const Person& person, const Operator& who, Timestamp when) {
  Desk& desk = stage->desk();
  const auto rows = desk.store().history(person.attendee.id, kHistoryRows).value();
  const auto last = std::ranges::find_if(rows, [](const JournalRow& row) {
    return row.kind == RowKind::admitted || row.kind == RowKind::exited;
  });
  if (last == rows.end()) throw Mistake{"there is nothing to undo"};
  return desk.undo(last->id, who, stamp(when)).value();
}

// What staff are asked for: "gets a new badge", "is stopped", "takes the place of NAME", ...
Outcome Stage::Inside::ask_staff(Person& person, const Words& words, const Operator& who, Timestamp when) {
  const std::string what = joined(words, 1);
  const std::string& id = person.attendee.id;
  Desk& desk = stage->desk();
  if (what == "is undone") return undo_last(person, who, when);
  if (what == "is stopped") return desk.stop(id, who, StopReason::other_hands, stamp(when)).value();
  if (what.starts_with("takes the place of "))
    return desk.substitute(id, this->person(words.at(5)).attendee.id, who, stamp(when)).value();
  if (what == "gets a new badge") {
    const auto result = desk.reissue(id, who, ReprintReason::lost, stamp(when)).value();
    if (result.outcome != Outcome::done) return result.outcome;
    badges[person.key].push_back(result.badges.at(0).credential);
    (void)desk.badge_done(result.badges.at(0), true, "", stamp(when));
    return result.outcome;
  }
  if (what == "gets a day badge") {
    const auto result = desk.day_badge(id, who, stamp(when)).value();
    if (result.outcome != Outcome::done) return result.outcome;
    day_badges[person.key] = result.badges.at(0).credential;
    (void)desk.badge_done(result.badges.at(0), true, "", stamp(when));
    return result.outcome;
  }
  if (what.starts_with("collects for ")) {
    const std::vector<std::string> whose{this->person(words.at(3)).attendee.id};
    const auto result = desk.hand_over(whose, id, HandOver::proxy, who, stamp(when)).value();
    for (const BadgeOrder& order : result.badges) (void)desk.badge_done(order, true, "", stamp(when));
    return result.outcome;
  }
  throw Mistake{"nobody knows how somebody '" + what + "'"};
}

// "amina is [not] let in by hand at main as steward"
void Stage::Inside::be_let_in(const Person& person, const Words& words, Timestamp when) {
  const bool let = words.at(2) == "let";
  const std::size_t at = let ? 7 : 8;
  stage->stand_at(words.at(at));
  const auto decision = stage->desk()
                            .admit_by_hand(person.attendee.id, staff(words.at(at + 2)),
                                           AdmitReason::known_by_sight, stamp(when))
                            .value();
  const bool in = decision && decision->verdict == Verdict::admitted;
  if (in != let) throw Mistake{"by hand: " + (decision ? decision->rule_id : "not allowed")};
}

void Stage::Inside::happen_to(Person& person, const Words& words, Timestamp when) {
  const std::string what = joined(words, 1);
  const std::string& id = person.attendee.id;
  Desk& desk = stage->desk();
  const auto word = [&](std::size_t i) { return i < words.size() ? words[i] : std::string(); };
  if (word(1) == "enters") {
    enter(person, word(2), when, what.find("no badge comes out") == std::string::npos);
  } else if (word(1) == "leaves") {
    stage->stand_at(word(2));
    must(desk.admit(symbol_of(person, "badge"), stamp(when)).value(), Verdict::exited, what);
  } else if (what.starts_with("is refused at ")) {
    stage->stand_at(word(4));
    must(desk.admit(symbol_of(person, "badge"), stamp(when)).value(), Verdict::refused, what);
  } else if (what.starts_with("is let in by hand at ") || what.starts_with("is not let in by hand at ")) {
    be_let_in(person, words, when);
  } else if (what == "gets the first badge") {
    const auto order = desk.order_badge(id, stamp(when)).value();
    (void)desk.badge_done(order, true, "", stamp(when));
  } else if (word(1) == "becomes") {
    become(person, Words(words.begin() + 2, words.end()));
  } else {
    // "... as ROLE", and "in vain" where they do not get it.
    Words asked = words;
    const bool in_vain = what.ends_with(" in vain");
    if (in_vain) asked.resize(asked.size() - 2);
    std::string role = what.starts_with("is undone") ? "steward" : "accreditation";
    if (asked.size() > 3 && asked[asked.size() - 2] == "as") {
      role = asked.back();
      asked.resize(asked.size() - 2);
    }
    const Outcome outcome = ask_staff(person, asked, staff(role), when);
    if ((outcome == Outcome::done) == in_vain) throw Mistake{what + ": " + std::string(to_name(outcome))};
  }
}

// "239 others enter plenary", "3 of min-kenya enter plenary", "9 from Acme Ltd enter exhibition"
void Stage::Inside::happen_to_crowd(const Words& words, Timestamp when) {
  const auto enter_word = std::ranges::find(words, "enter");
  if (enter_word == words.end() || enter_word + 1 == words.end()) throw Mistake{"a crowd only enters"};
  const std::string place = *(enter_word + 1);
  const auto checkpoint = std::ranges::find(event.checkpoints, place, &sync::Checkpoint::id);
  if (checkpoint == event.checkpoints.end()) throw Mistake{"there is no checkpoint " + place};
  if (words[1] == "strangers") {
    stage->stand_at(place);
    for (int i = 0; i < number_in(words[0]); ++i) {
      const auto decision =
          stage->desk().admit(issued("stranger-" + std::to_string(++crowd)), stamp(when)).value();
      must(decision, Verdict::admitted, "a stranger does not enter " + place);
    }
    return;
  }
  const std::string group = joined(Words(words.begin(), enter_word), 2);
  sync::RosterPage page = changes();
  sync::FeedPage feed;
  for (int i = 0; i < number_in(words[0]); ++i) {
    sync::Attendee one;
    one.id = "crowd-" + std::to_string(++crowd);
    one.name = "Of the crowd";
    one.category = "delegate";
    one.status = sync::Status::approved;
    if (words[1] == "of") one.delegation = group;
    if (words[1] == "from") one.organisation = group;
    page.attendees.push_back(one);
    JournalRow row;
    std::array<std::uint8_t, 10> random{};
    for (std::size_t n = 0; n < 4; ++n) random[9 - n] = static_cast<std::uint8_t>(crowd >> (8 * n));
    row.id = sync::uuid7(when, random);
    row.device = "crowd-gate";
    row.seq = crowd;
    row.hlc = {when.time_since_epoch().count(), static_cast<std::uint32_t>(crowd)};
    row.wall = when;
    row.offset_ms = 0;
    row.kind = RowKind::admitted;
    row.attendee = one.id;
    row.checkpoint = place;
    row.zone = checkpoint->zone;
    feed.rows.push_back({static_cast<std::int64_t>(crowd), row});
  }
  for (Kiosk* kiosk : {here.get(), there.get()}) {
    const auto known = kiosk->desk().store().apply(page, kOpening);
    const auto came = known ? kiosk->desk().store().apply(feed) : known;
    if (!came) throw Mistake{"the crowd does not come: " + came.error().message};
  }
}

void Stage::Inside::happen_to_kiosk(const Words& words, Timestamp when) {
  const std::string what = joined(words, 0);
  if (what == "the kiosk reconciles") {
    (void)stage->desk().reconcile(stamp(when));
  } else if (what == "the kiosk starts anew") {
    stage->start();
    boot = "boot-2";
    clock_error = 0min;
  } else if (what == "the kiosks hear of each other") {
    unheard.clear();
    tell(*here, *there, {});
    tell(*there, *here, {});
  } else if (what.starts_with("the clock jumps ")) {
    const bool back = words.at(3).starts_with('-');
    const auto by = clock_in(std::string_view(words.at(3)).substr(back ? 1 : 0));
    clock_error += back ? -by : by;
  } else {
    throw Mistake{"nobody knows how '" + what + "'"};
  }
}

void Stage::Inside::happen(std::string line, Timestamp usual) {
  bool away = false;
  bool silent = false;
  for (const auto& [prefix, quiet] :
       {std::pair<std::string, bool>("elsewhere: ", false), {"unheard: ", true}}) {
    if (!line.starts_with(prefix)) continue;
    line = line.substr(prefix.size());
    away = true;
    silent = quiet;
  }
  Words words = words_of(line);
  Timestamp when = usual;
  if (!words.empty() && words[0] == "day") {
    when = moment(words, 0);
    words.erase(words.begin(), words.begin() + 3);
  }
  if (words.size() < 2) throw Mistake{"'" + line + "' is no sentence"};
  stage = away ? there.get() : here.get();
  if (away && !silent) tell(*here, *there, {});
  if (words[0] == "the") {
    happen_to_kiosk(words, when);
  } else if (words[0].find_first_not_of("0123456789") == std::string::npos) {
    happen_to_crowd(words, when);
  } else {
    happen_to(person(words[0]), words, when);
  }
  if (!away) return;
  if (silent) {
    const std::vector<JournalRow> rows = there->desk().store().own_rows(0, 1000).value();
    for (const JournalRow& row : rows) unheard.insert(row.id);
  }
  tell(*there, *here, unheard);
}

Decision Stage::Inside::decide_now(const Scenario& scenario, Timestamp now) {
  stage = here.get();
  stage->stand_at(scenario.at);
  constexpr std::string_view kText = "text:";
  if (!scenario.as.empty()) {
    const auto decision = stage->desk()
                              .admit_by_hand(person(scenario.who).attendee.id, staff(scenario.as),
                                             AdmitReason::known_by_sight, stamp(now))
                              .value();
    if (decision) return *decision;
    Decision denied;
    denied.rule_id = "staff.not_allowed";
    return denied;
  }
  if (scenario.shows.starts_with(kText)) {
    std::string text = scenario.shows.substr(kText.size());
    if (text.starts_with(' ')) text.erase(0, 1);
    return stage->desk().admit(text, stamp(now)).value();
  }
  return stage->desk().admit(symbol_of(person(scenario.who), scenario.shows), stamp(now)).value();
}

std::string Stage::Inside::play(const Scenario& scenario) {
  begin();
  const Timestamp now = moment(words_of(scenario.when), 0);
  for (const std::string& line : scenario.before) {
    try {
      happen(line, now - 1min);
    } catch (const Mistake& mistake) {
      return "before, '" + line + "': " + mistake.what;
    }
  }
  const Decision decision = decide_now(scenario, now);
  std::string wrong;
  const auto compare = [&](const char* what, const std::string& is, const std::string& wanted) {
    if (is != wanted) wrong += std::string(what) + " is '" + is + "', not '" + wanted + "'; ";
  };
  compare("verdict", std::string(to_name(decision.verdict)), scenario.verdict);
  compare("rule", decision.rule_id, scenario.rule);
  if (!scenario.way_on.empty()) compare("way on", std::string(to_name(decision.way_on)), scenario.way_on);
  if (scenario.badge_owed)
    compare("badge owed", decision.badge_owed ? "true" : "false", *scenario.badge_owed ? "true" : "false");
  if (!scenario.opens.empty()) {
    const Timestamp wanted = moment(words_of(scenario.opens), 0);
    if (decision.opens_at != wanted) {
      wrong += "opens at " + (decision.opens_at ? sync::to_rfc3339(*decision.opens_at) : "no time") +
               ", not at " + sync::to_rfc3339(wanted);
    }
  }
  // Every decision that has a row can be explained from it alone.
  if (!decision.row.empty()) {
    const auto explained = here->desk().explain(decision.row).value();
    if (explained.finding != Explanation::Finding::same)
      wrong += "explained: " + std::string(to_name(explained.finding)) + ", " + explained.why;
  }
  return wrong;
}

Stage::Stage(sync::EventFile event, Cast cast)
    : in_(std::make_unique<Inside>(std::move(event), std::move(cast))) {}
Stage::~Stage() = default;

std::string Stage::play(const Scenario& scenario) {
  try {
    return in_->play(scenario);
  } catch (const Mistake& mistake) {
    return mistake.what;
  }
}

}  // namespace lanyard::kiosk::rulebook
