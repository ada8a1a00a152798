#include "tests/kiosk/face/samples.hpp"

#include <algorithm>
#include <filesystem>

#include "kiosk/badge/badge.hpp"
#include "sync/credential.hpp"

namespace lanyard::kiosk::samples {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

sync::Attendee person(std::string id, std::string name, std::string native, std::string organisation,
                      std::string category, std::vector<std::string> languages) {
  sync::Attendee a;
  a.id = std::move(id);
  a.name = std::move(name);
  a.name_native = std::move(native);
  a.organisation = std::move(organisation);
  a.category = std::move(category);
  a.languages = std::move(languages);
  a.title = "Director";
  a.zones = {"site", "plenary", "exhibition"};
  a.status = sync::Status::approved;
  return a;
}

Decision admission(const sync::Attendee& who) {
  Decision d;
  d.verdict = Verdict::admitted;
  d.rule = Rule::admit;
  d.rule_id = "admit.all";
  d.attendee = who;
  d.generation = 1;
  return d;
}

sync::JournalRow row(sync::RowKind kind, std::string checkpoint, sync::Timestamp when) {
  sync::JournalRow r;
  r.id = "row-" + std::to_string(when.time_since_epoch().count());
  r.kind = kind;
  r.device = "gate-n-2";
  r.checkpoint = std::move(checkpoint);
  r.wall = when;
  return r;
}

StaffSearch search(std::string query, std::vector<sync::Attendee> hits, bool searched, Moment until) {
  StaffSearch made;
  made.who.id = "S7";
  made.query = std::move(query);
  made.hits = std::move(hits);
  made.searched = searched;
  made.until = until;
  return made;
}

StaffRecord record() {
  StaffRecord r;
  r.who = {"S7", local_role()};
  r.attendee = attendee();
  r.attendee.delegation = "ccic";
  static const std::string kJpeg = portrait(300, 400);
  r.attendee.photo = std::string(sync::kPhotoHashDigits, 'a');
  r.photo = kJpeg;
  r.here = refusal(Rule::already_inside);
  r.presence.inside = true;
  r.presence.entries = 2;
  r.presence.last_entry = at(24, 9, 2);
  r.presence.entry_checkpoint = "main";
  r.presence.badge_printed = true;
  r.generation = 2;
  r.history = {row(sync::RowKind::admitted, "main", at(24, 9, 2)),
               row(sync::RowKind::exited, "east", at(23, 18, 40)),
               row(sync::RowKind::admitted, "main", at(23, 13, 5)),
               row(sync::RowKind::badge_printed, "main", at(23, 9, 31)),
               row(sync::RowKind::reissued, "main", at(23, 9, 30)),
               row(sync::RowKind::refused, "main", at(23, 9, 12)),
               row(sync::RowKind::badge_failed, "main", at(23, 9, 11)),
               row(sync::RowKind::admitted, "main", at(23, 9, 10)),
               row(sync::RowKind::alert, "", at(23, 9, 9))};
  r.history[2].detail = "face_checked";  // by hand
  r.history[2].operator_id = "S7";
  r.history[4].rule = "reprint.lost";
  r.history[4].operator_id = "S12";
  r.history[5].rule = "presence.inside";
  r.history[6].detail = "the printer is out of paper";
  return r;
}

// As the kiosk's printer thread draws it.
BadgePicture badge_of(const sync::Attendee& who, const std::string& name) {
  static const auto badge =
      BadgeTemplate::load(std::filesystem::path(LANYARD_ASSETS) / "badges" / "a6-portrait.svg").value();
  BadgeContent content;
  content.attendee = who;
  content.attendee.name = name;
  content.event = forum();
  content.credential = sync::mint_specimen(content.event, who.id);
  content.language = badge_language(who);
  const PrintPage page = badge.piece(content, "badge", {PageForm::jpeg, 203, false}).value().page;
  return {name, page.files.front(), page.width_px, page.height_px};
}

BadgePreview preview_of(sync::Attendee who, std::vector<std::string> others, std::size_t chosen) {
  BadgePreview preview;
  preview.names = {who.name};
  preview.names.insert(preview.names.end(), others.begin(), others.end());
  who.badge_names = std::move(others);
  preview.chosen = chosen;
  preview.picture = badge_of(who, preview.name());
  preview.decision = admission(who);
  preview.until = moment_now() + seconds{40};
  return preview;
}

void add_previews(std::vector<Sample>& out, const std::string& language) {
  static const auto people = attendees();
  static const BadgePreview plain = preview_of(people[1], {}, 0);
  static const BadgePreview named = preview_of(people[0], {"Will Zhang", "ZHANG Wei"}, 1);
  static const BadgePreview arabic =
      preview_of(people[5],
                 {"Fatima", "Dr Fatima bint Abdullah Al-Zahra Al-Mansouri of the Second Committee", "فاطمة",
                  "Fátima Zahra", "F. Al-Zahra"},
                 2);
  out.push_back({"25-preview", with(plain, language)});
  out.push_back({"26-preview-names", with(named, language)});
  out.push_back({"27-preview-many-names", with(arabic, language)});
  BadgePreview coming = named;
  coming.picture = {};
  out.push_back({"28-preview-drawing", with(coming, language)});
  BadgePreview other = named;
  other.chosen = 2;
  out.push_back({"28-preview-drawing-anew", with(other, language)});
  out.push_back(
      {"29-badge-incorrect",
       with(Admitted{named.decision, Admitted::Badge::incorrect, moment_now() + seconds{6}}, language)});
}

void add_delegates(std::vector<Sample>& out, const std::string& language) {
  const auto people = attendees();
  const Moment until = moment_now() + seconds{6};
  const auto badge = [&](Admitted::Badge b, std::size_t who) {
    return with(Admitted{admission(people[who % people.size()]), b, until}, language);
  };
  out.push_back({"10-admitted", badge(Admitted::Badge::none, 0)});
  out.push_back({"11-admitted-drawing", badge(Admitted::Badge::none, 0), milliseconds{330}});
  out.push_back({"12-admitted-printing", badge(Admitted::Badge::printing, 1)});
  out.push_back({"13-admitted-printed", badge(Admitted::Badge::printed, 2)});
  out.push_back({"14-admitted-owed", badge(Admitted::Badge::owed, 3)});
  out.push_back({"14-admitted-held", badge(Admitted::Badge::held, 3)});
  State next_door = badge(Admitted::Badge::printed, 2);
  std::get<Admitted>(next_door.screen).badge_at = "east";
  out.push_back({"14-admitted-next-door", next_door});
  out.push_back({"15-admitted-long", badge(Admitted::Badge::printing, 4)});
  out.push_back({"16-admitted-arabic", badge(Admitted::Badge::printing, 5)});
  out.push_back({"17-admitted-cyrillic", badge(Admitted::Badge::none, 6)});
  Decision back = admission(people[1]);
  back.returning = true;
  out.push_back({"18-welcome-back", with(Admitted{back, Admitted::Badge::none, until}, language)});
  sync::Attendee unheard_of;
  unheard_of.id = "A0311";
  Decision provisional = admission(unheard_of);
  provisional.rule = Rule::admit_unknown;
  out.push_back(
      {"21-admitted-not-on-the-roster", with(Admitted{provisional, Admitted::Badge::none, until}, language)});
  provisional.attendee->category = "delegate";
  out.push_back(
      {"22-admitted-category-alone", with(Admitted{provisional, Admitted::Badge::none, until}, language)});
  Decision card = admission(person("C0007", "Card 7", "", "Permanent Mission of Fiji", "card", {"en"}));
  out.push_back({"23-admitted-card", with(Admitted{card, Admitted::Badge::none, until}, language)});
  Decision staff = admission(people[5]);
  staff.attendee->role = "steward";
  staff.attendee->pin_hash = "$argon2id$";
  out.push_back({"24-admitted-staff", with(Admitted{staff, Admitted::Badge::none, until}, language)});
  Decision gone = admission(people[2]);
  gone.verdict = Verdict::exited;
  gone.rule = Rule::exit;
  out.push_back({"19-goodbye", with(Admitted{gone, Admitted::Badge::none, until}, language)});
  Decision owed = admission(people[3]);
  owed.verdict = Verdict::badge;
  owed.rule = Rule::badge_owed;
  out.push_back({"20-badge-owed", with(Admitted{owed, Admitted::Badge::printing, until}, language)});
}

void add_refusals(std::vector<Sample>& out, const std::string& language) {
  for (int i = static_cast<int>(Rule::unreadable); i < sync::kRuleCount; ++i) {
    const auto rule = static_cast<Rule>(i);
    const Refused refused{refusal(rule), moment_now() + seconds{7}};
    out.push_back({"30-refused-" + std::string(to_name(rule)), with(refused, language)});
  }
  Decision staff = refusal(Rule::already_inside);
  staff.attendee = attendee();
  staff.attendee->role = "steward";
  staff.attendee->pin_hash = "$argon2id$";
  out.push_back({"31-refused-staff", with(Refused{staff, moment_now() + seconds{7}}, language)});
}

void add_questions(std::vector<Sample>& out, StaffRecord r, const std::string& language) {
  r.absent = attendees()[2];
  for (int i = 0; i < static_cast<int>(sync::StaffAction::evacuate); ++i) {
    r.asking = static_cast<sync::StaffAction>(i);
    out.push_back({"71-record-asks-" + std::string(sync::to_name(*r.asking)), with(r, language)});
  }
  r.asking.reset();
  StaffSearch search{r.who, "wu", attendees(), true, r.until};
  search.arrived = r;
  out.push_back({"64-search-absent", with(search, language)});
}

void add_outcomes(std::vector<Sample>& out, StaffRecord r, const std::string& language) {
  r.until = moment_now() + seconds{60};
  r.here = admission(r.attendee);
  r.working = true;
  out.push_back({"76-record-busy", with(r, language)});
  r.working = false;
  r.acted = Acted{sync::StaffAction::admit, Outcome::done, refusal(Rule::already_inside), {}, {}};
  out.push_back({"77-record-refused-by-hand", with(r, language)});
  r.acted = Acted{sync::StaffAction::stop, Outcome::done, {}, {}, {}};
  out.push_back({"78-record-stopped", with(r, language)});
  for (int i = 1; i <= static_cast<int>(Outcome::unfit); ++i) {
    r.acted = Acted{sync::StaffAction::undo, static_cast<Outcome>(i), {}, {}, {}};
    out.push_back({"79-record-" + std::string(to_name(r.acted->outcome)), with(r, language)});
  }
}

void add_hand_over(std::vector<Sample>& out, const std::string& language) {
  StaffHandOver many;
  many.record = record();
  many.until = moment_now() + seconds{60};
  many.people = attendees();
  many.left_out = {"A0103"};
  out.push_back({"80-hand-over", with(many, language)});
  StaffHandOver crowd = many;
  for (int i = 0; i < 52; ++i) {
    crowd.people.push_back(attendees()[static_cast<std::size_t>(i) % 8]);
    crowd.people.back().id = "B" + std::to_string(i);
  }
  out.push_back({"81-hand-over-sixty", with(crowd, language)});
  many.acted = Acted{sync::StaffAction::hand_over, Outcome::done, {}, {}, {}};
  many.acted->receipt = {"R-gate-n-2-1042", "A0042", {}};
  for (const sync::Attendee& one : many.people) {
    if (!many.left_out.contains(one.id)) many.acted->receipt.badges.push_back(one.id);
  }
  many.printed = 5;
  many.failed = 1;
  out.push_back({"82-hand-over-receipt", with(many, language)});
  many.people.clear();
  many.left_out.clear();
  many.acted.reset();
  out.push_back({"83-hand-over-nobody", with(many, language)});
  StaffWhy why;
  why.record = record();
  why.until = many.until;
  why.lines = {"refused at main by gate-n-2 (row 1042)",
               "rule: presence.inside",
               "decided for: 24 Nov 2026 10:24",
               "policy: 5d1c22e0",
               "roster: version 118, confirmed 24 Nov 2026 10:23",
               "shown: a signed credential, generation 2",
               "attendee: A0042, delegate, approved",
               "in zone: since 24 Nov 2026 09:02, by main",
               "inside now: 418",
               "decided again from these facts: the same",
               "the way on: show_exit"};
  out.push_back({"84-why", with(why, language)});
  why.altered = true;
  why.lines.back() = "ALTERED: its contents are not those that were written";
  out.push_back({"85-why-altered", with(why, language)});
}

void add_inside(std::vector<Sample>& out, const std::string& language) {
  StaffInside inside;
  inside.who = {"S7", local_role()};
  inside.taken = wall_now();
  inside.until = moment_now() + seconds{60};
  out.push_back({"86-inside-nobody", with(inside, language)});
  for (int i = 0; i < 418; ++i) {
    const sync::Attendee one = attendees()[static_cast<std::size_t>(i) % 8];
    inside.people.push_back({one.name, one.organisation, i % 3 == 0 ? "plenary" : "site", at(24, 8, i % 60)});
  }
  inside.page = 1;
  out.push_back({"87-inside", with(inside, language)});
  State offline = with(inside, language);
  offline.online = false;
  out.push_back({"88-inside-offline", offline});
}

// Each keyboard, and what it offers in place of the letter typed last.
void add_keyboards(std::vector<Sample>& out, const std::string& language) {
  const auto typed = [&](std::string name, Keyboard keyboard, std::string query, std::size_t found,
                         int page = 0) {
    StaffSearch search;
    search.who.id = "S7";
    search.query = std::move(query);
    search.hits = {attendees()[found]};
    search.searched = true;
    search.until = moment_now() + seconds{60};
    search.page = page;
    State state = with(search, language);
    state.keyboard = keyboard;
    out.push_back({std::move(name), state});
  };
  typed("67-search-latin", Keyboard::latin, "Østergå", 3);
  typed("67-search-latin-many", Keyboard::latin, "Ratu Seru E", 4, 1);
  typed("67-search-cyrillic", Keyboard::cyrillic, "Ковальчук", 6);
  typed("67-search-cyrillic-name", Keyboard::cyrillic, "Дмитро ", 6);
  typed("67-search-arabic", Keyboard::arabic, "نادي", 5);
  typed("67-search-pinyin", Keyboard::pinyin, "lina", 7);
  typed("67-search-pinyin-half", Keyboard::pinyin, "江rongh", 1, 1);
}

void add_staff(std::vector<Sample>& out, const std::string& language) {
  const Moment until = moment_now() + seconds{60};
  out.push_back({"50-pin", with(StaffPin{"", false, false, until}, language)});
  out.push_back({"51-pin-typed", with(StaffPin{"73950", false, false, until}, language)});
  out.push_back({"52-pin-wrong", with(StaffPin{"", false, true, until}, language)});
  out.push_back({"53-pin-checking", with(StaffPin{"", true, false, until}, language)});
  State locked = with(StaffPin{"", false, true, until}, language);
  locked.pin_locked_until = moment_now() + seconds{42};
  out.push_back({"54-pin-locked", locked});
  out.push_back(
      {"55-pin-badge-shown", with(StaffPin{"73", false, false, until, "A0042", "Jiang Ronghua"}, language)});
  out.push_back(
      {"56-pin-badge-wrong", with(StaffPin{"", false, true, until, "A0104", attendees()[4].name}, language)});
  out.push_back({"60-search", with(search("", {}, true, until), language)});
  out.push_back({"61-search-hits", with(search("wu", attendees(), true, until), language)});
  out.push_back({"62-search-none", with(search("qzx", {}, true, until), language)});
  out.push_back({"63-search-busy", with(search("ng", {}, false, until), language)});
  add_keyboards(out, language);
  StaffRecord r = record();
  r.until = until;
  out.push_back({"70-record", with(r, language)});
  add_questions(out, r, language);
  r.reprint = StaffRecord::Reprint::working;
  out.push_back({"72-record-working", with(r, language)});
  r.reprint = StaffRecord::Reprint::printed;
  out.push_back({"73-record-printed", with(r, language)});
  r.reprint = StaffRecord::Reprint::held;
  r.reprint_problem = "the printer is paper is jammed";
  out.push_back({"73-record-held", with(r, language)});
  r.reprint = StaffRecord::Reprint::failed;
  r.reprint_problem = "the printer is out of paper";
  out.push_back({"74-record-failed", with(r, language)});
  State closing = with(r, language);
  closing.staff_warned = true;
  out.push_back({"74-record-closing", closing});
  State slow = with(r, language);
  slow.clock_off = hours{3} + minutes{2};
  out.push_back({"74-record-clock-behind", slow});
  State fast = with(StaffSearch{{"S7", local_role()}, "", {}, true, until}, language);
  out.push_back({"66-search-evacuation", fast});
  fast.clock_off = -minutes{4};
  out.push_back({"65-search-clock-ahead", fast});
  fast.clock_off.reset();
  fast.clock_guessed = true;
  out.push_back({"65-search-clock-guessed", fast});
  StaffRecord fresh;
  fresh.attendee = attendees()[4];
  fresh.attendee.status = sync::Status::pending;
  fresh.who = {"S8", {"guide", {}, {sync::StaffAction::admit, sync::StaffAction::undo}, {}}};
  fresh.here = refusal(Rule::pending);
  fresh.until = until;
  out.push_back({"75-record-fresh", with(fresh, language)});
  add_outcomes(out, record(), language);
  add_hand_over(out, language);
  add_inside(out, language);
  add_status(out, language);
}

}  // namespace

sync::LocalText six(std::string en, std::string zh, std::string fr, std::string es, std::string ru,
                    std::string ar) {
  return {{"en", std::move(en)}, {"zh", std::move(zh)}, {"fr", std::move(fr)},
          {"es", std::move(es)}, {"ru", std::move(ru)}, {"ar", std::move(ar)}};
}

sync::Timestamp at(int day, int hour, int minute) {
  // Of the venue, eight hours ahead of UTC.
  return std::chrono::sys_days{std::chrono::year{2026} / 11 / day} + hours{hour - 8} + minutes{minute};
}

const std::vector<std::string>& languages() {
  static const std::vector<std::string> kOffered{"ar", "zh", "en", "fr", "ru", "es"};
  return kOffered;
}

sync::EventInfo forum() {
  sync::EventInfo e;
  e.id = "forum-2026";
  e.name =
      six("International Public Procurement Forum 2026", "2026国际公共采购论坛",
          "Forum international des marchés publics 2026", "Foro Internacional de Contratación Pública 2026",
          "Международный форум по государственным закупкам 2026", "المنتدى الدولي للمشتريات العامة 2026");
  e.calendar.utc_offset = hours{8};
  e.help_desk = six("Registration desk, east lobby", "东大厅 注册服务台", "Bureau d’accueil, hall est",
                    "Mostrador de registro, vestíbulo este", "Стойка регистрации, восточный вестибюль",
                    "مكتب التسجيل، الردهة الشرقية");
  e.protocol_desk =
      six("Protocol desk, first floor", "一层 礼宾服务台", "Bureau du protocole, premier étage",
          "Mesa de protocolo, primer piso", "Стойка протокола, второй этаж", "مكتب المراسم، الطابق الأول");
  e.accreditation_desk =
      six("Accreditation desk, hall B", "B馆 注册制证台", "Bureau des accréditations, hall B",
          "Mostrador de acreditación, pabellón B", "Стойка аккредитации, зал B", "مكتب الاعتماد، القاعة B");
  e.categories = {
      {"delegate", six("Delegate", "代表", "Délégation", "Delegación", "Делегация", "عضوية الوفد"), 0x1F4E8C},
      {"un-agency",
       six("International organisation", "国际组织", "Organisation internationale",
           "Organización internacional", "Международная организация", "منظمة دولية"),
       0x0E7C86},
      {"guest",
       six("Guest of honour", "特邀嘉宾", "Invitation d’honneur", "Invitación de honor", "Почётный гость",
           "ضيف الشرف"),
       0xC9A227},
      {"press", six("Press", "新闻媒体", "Presse", "Prensa", "Пресса", "الصحافة"), 0xD1602B},
      {"speaker", six("Speaker", "演讲嘉宾", "Intervention", "Ponencias", "Докладчик", "المتحدثون"),
       0x6B2C7B},
      {"staff", six("Secretariat", "秘书处", "Secrétariat", "Secretaría", "Секретариат", "الأمانة"),
       0x3A3F47},
      {"card",
       six("Adviser, by turns", "轮换顾问", "Conseil, à tour de rôle", "Asesoría, por turnos",
           "Советник, по очереди", "مستشارون بالتناوب"),
       0x626FB4, true}};
  e.zones = {{"site", six("Forum site", "论坛会场", "Site du forum", "Recinto del foro", "Территория форума",
                          "موقع المنتدى")},
             {"plenary", six("Plenary hall", "主会场", "Salle plénière", "Sala de plenos",
                             "Зал пленарных заседаний", "القاعة العامة")},
             {"exhibition", six("Exhibition", "展览区", "Exposition", "Exposición", "Выставка", "المعرض")}};
  e.sessions = programme();
  return e;
}

std::vector<sync::Checkpoint> checkpoints() {
  sync::Checkpoint main;
  main.id = "main";
  main.name = six("Main entrance", "主入口", "Entrée principale", "Entrada principal", "Главный вход",
                  "المدخل الرئيسي");
  main.zone = "plenary";
  sync::Checkpoint east = main;
  east.access = {{"east.all", {"*"}, {}}};
  east.id = "east";
  east.name = six("East entrance", "东入口", "Entrée est", "Entrada este", "Восточный вход", "المدخل الشرقي");
  return {main, east};
}

sync::Timestamp wall_now() {
  return at(24, 10, 24);
}

Moment moment_now() {
  return Moment{} + hours{5} + milliseconds{200};
}

sync::Attendee attendee() {
  sync::Attendee one = person("A0042", "Jiang Ronghua", "江容华", "China Chamber of International Commerce",
                              "delegate", {"zh", "en"});
  one.seats = {{"", "C 14"}};
  return one;
}

std::vector<sync::Attendee> attendees() {
  std::vector<sync::Attendee> people{
      person("A0101", "Amara Okonkwo-Bell", "", "World Trade Organization", "un-agency", {"en"}),
      attendee(),
      person("A0102", "Wu Hongmei", "𠮷野红梅", "Ministry of Finance, People's Republic of China", "speaker",
             {"zh"}),
      person("A0103", "Mathilde Østergaard", "", "United Nations Office for Project Services", "un-agency",
             {"da"}),
      person("A0104", "Ratu Seru Epenisa Cakobau-Taukeinikoro Vunivalu-Rabuka", "",
             "Joint Purchasing Group for Humanitarian Supplies and Emergency Logistics in the South Pacific",
             "guest", {"en"}),
      person("A0105", "Nadia Bouchnak-Ferhat", "نادية بوشناق فرحات", "Interpretation team", "staff",
             {"ar", "fr"}),
      person("A0106", "Dmytro Kovalchuk", "Дмитро Ковальчук",
             "European Bank for Reconstruction and Development", "press", {"uk", "en"}),
      person("A0107", "Li Na", "李娜", "", "delegate", {"zh"})};
  people[0].seats = {{"", "Row 12, seat 7"}};
  people[4].seats = {{"gala", "Table 7, beside the delegation of Fiji"}};
  people[6].status = sync::Status::pending;
  people[7].status = sync::Status::blocked;
  return people;
}

Decision refusal(Rule rule) {
  Decision d;
  d.verdict = Verdict::refused;
  d.rule = rule;
  d.rule_id = to_name(rule);
  if (rule != Rule::unreadable && rule != Rule::other_event && rule != Rule::unknown) d.attendee = attendee();
  const bool of_papers = rule == Rule::replaced || rule == Rule::substituted || rule == Rule::pending ||
                         rule == Rule::tag_missing || rule == Rule::no_longer_valid;
  if (of_papers) d.way_on = WayOn::accreditation;
  if (rule == Rule::too_early) d.opens_at = at(24, 14, 0);
  if (rule == Rule::not_yet_valid) d.opens_at = at(25, 8, 30);
  const bool was_in = rule == Rule::already_inside || rule == Rule::once_only || rule == Rule::once_a_day ||
                      rule == Rule::no_reentry;
  if (was_in) {
    d.entered_at = at(24, 10, 2);
    d.entered_where = "main";
  }
  return d;
}

State with(Screen screen, std::string language) {
  State state;
  state.screen = std::move(screen);
  state.fault = Fault::none;
  state.language = std::move(language);
  state.online = true;
  return state;
}

sync::Notice notice() {
  return {"opening",
          {{"en", "The opening ceremony begins at 9:30 in the Great Hall. Please be seated by 9:15."},
           {"zh", "开幕式将于9:30在大会堂举行，请于9:15前就座。"},
           {"fr",
            "La cérémonie d’ouverture commence à 9 h 30 dans la grande salle. Veuillez prendre place avant 9 "
            "h 15."},
           {"es",
            "La ceremonia de apertura comienza a las 9:30 en la Gran Sala. Tome asiento antes de las 9:15, "
            "por favor."},
           {"ru", "Церемония открытия начнётся в 9:30 в Большом зале. Пожалуйста, займите места до 9:15."},
           {"ar", "يبدأ حفل الافتتاح في الساعة 9:30 في القاعة الكبرى. يرجى الجلوس قبل الساعة 9:15."}},
          {}};
}

std::vector<Sample> all(const std::string& language) {
  std::vector<Sample> out;
  out.push_back({"00-idle", with(Idle{}, language)});
  out.push_back({"01-idle-camera", with(Idle{}, language), milliseconds{10000}, true});
  State offline = with(Idle{}, language);
  offline.online = false;
  out.push_back({"02-idle-offline-in-sight", offline, milliseconds{10000}, true, true});
  out.push_back(
      {"03-checking", with(Checking{moment_now() + seconds{4}}, language), milliseconds{300}, true, true});
  out.push_back(
      {"04-checking-blind", with(Checking{moment_now() + seconds{4}}, language), milliseconds{600}});
  for (std::size_t i = 1; i < scanner::kAdvices; ++i) {
    const auto advice = static_cast<scanner::Advice>(i);
    std::string name = "05-idle-advice-" + std::string(to_name(advice));
    std::ranges::replace(name, ' ', '-');
    out.push_back({std::move(name), with(Idle{}, language), milliseconds{10000}, true, false, advice});
  }
  out.push_back(
      {.name = "06-idle-notice", .state = with(Idle{}, language), .camera = true, .notices = {notice()}});
  State spoken_to = with(Idle{}, language);
  spoken_to.assist.speech = true;
  out.push_back({.name = "07-idle-spoken-to", .state = spoken_to, .camera = true, .focus = "language.fr"});
  State asked = with(Refused{refusal(Rule::pending), moment_now() + seconds{12}}, language);
  asked.assist.speech = asked.assist.asking = true;
  asked.assist.asks = moment_now() - seconds{8};
  asked.assist.until = moment_now() + seconds{12};
  out.push_back({"08-refused-more-time", asked});
  add_delegates(out, language);
  add_previews(out, language);
  add_refusals(out, language);
  out.push_back({"39-paused", with(Paused{moment_now() + seconds{14}}, language)});
  out.push_back({"40-out-of-order-camera", with(OutOfOrder{Fault::camera}, language)});
  out.push_back({"41-out-of-order-storage", with(OutOfOrder{Fault::storage}, language)});
  out.push_back({"43-set-up", with(SetUp{}, language)});
  out.push_back({"44-set-up-hub", with(SetUp{.stage = SetUpStage::hub}, language)});
  out.push_back({"45-set-up-refused",
                 with(SetUp{.stage = SetUpStage::refused, .problem = "the hub answers 403 the code was used"},
                      language)});
  out.push_back({"42-out-of-service", with(OutOfOrder{Fault::out_of_service}, language)});
  add_staff(out, language);
  for (Sample& sample : out) sample.state.since = moment_now() - sample.after;
  return out;
}

}  // namespace lanyard::kiosk::samples
