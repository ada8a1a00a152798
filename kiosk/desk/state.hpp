// What the screen is about: plain values. Draw functions read them, `step` alone makes new ones.
#pragma once

#include <array>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "kiosk/desk/decide.hpp"
#include "kiosk/desk/staff_action.hpp"
#include "kiosk/desk/status.hpp"
#include "sync/pin.hpp"
#include "sync/record.hpp"

namespace lanyard::kiosk {

// Deadlines of the screen are counted on the steady clock: a wall clock that jumps neither freezes a screen
// nor cuts one short.
using Moment = std::chrono::steady_clock::time_point;

inline constexpr std::size_t kMaxQueryBytes = 64;
using sync::kPinDigitsLeast;
using sync::kPinDigitsMost;
inline constexpr std::size_t kUnknownCodes = 10;  // within FlowConfig::unknown_within; more are a pause
inline constexpr int kPinAttempts = 5;            // then the pad is closed for Config::pin_lock

// Why a kiosk is out of order: a short code and the kiosk's name are on the screen, so that a call for help
// can name both.
enum class Fault : std::uint8_t {
  none,
  camera,          // "C1" no picture
  storage,         // "D1" the journal cannot be written: nobody may be admitted
  not_enrolled,    // "E1"
  no_roster,       // "R1" enrolled, and no roster has come yet
  withdrawn,       // "W1" it has forgotten all that it knew, and is to be enrolled anew
  out_of_service,  // "S1" closed by the office
};
[[nodiscard]] std::string_view to_code(Fault);

// The keys on the screen that a name is typed with.
enum class Keyboard : std::uint8_t { latin, cyrillic, arabic, pinyin };
inline constexpr std::array kKeyboards{Keyboard::latin, Keyboard::cyrillic, Keyboard::arabic,
                                       Keyboard::pinyin};
[[nodiscard]] std::string_view to_name(Keyboard);  // "latin"
// What may stand in place of the letter typed last is offered in pages; how many a panel takes to show them
// it knows itself, but never more than this.
inline constexpr int kMaxOfferPages = 64;

// --- the screens
// -----------------------------------------------------------------------------------------------
struct Idle {};
struct Checking {
  Moment until{};        // a kiosk that cannot answer by then says so
  std::string symbol{};  // what is looked up
};
struct Admitted {  // by its verdict: welcome (back), goodbye, here is your badge
  Decision decision;
  // held: it comes out here, once somebody has seen to the printer. incorrect: they said that something on it
  // is wrong, and it is owed until staff have seen to that.
  enum class Badge : std::uint8_t { none, printing, held, printed, owed, incorrect } badge{Badge::none};
  Moment until{};
  std::string badge_at{};  // checkpoint at whose printer it came out; "": here
};
// A badge as it will be.
struct BadgePicture {
  std::string name;  // that it has
  std::string jpeg;
  int width_px{0};
  int height_px{0};
};
// What their badge will be, before it is printed: of the names that the roster permits they may choose one.
struct BadgePreview {
  Decision decision;
  std::vector<std::string> names;  // what may stand on it: the roster's first, none twice
  std::size_t chosen{0};           // of them
  BadgePicture picture{};  // of the one chosen, or until it has come, of the one before; no JPEG: none yet
  bool undrawable{false};  // none will come
  std::string symbol{};    // that was shown: seen again, it is the same visit
  Moment asked{};          // when the picture was
  Moment touched{};        // when they did anything last
  Moment until{};
  [[nodiscard]] std::string name() const { return names.empty() ? std::string() : names[chosen]; }
  [[nodiscard]] bool is_drawn() const { return !picture.jpeg.empty() && picture.name == name(); }
};
// A printer's thread that is busy may take long to draw: then the words have to do.
inline constexpr std::chrono::seconds kPictureWithin{3};
// Whether it can be printed: they have seen what it will be, or would wait for it too long.
[[nodiscard]] inline bool can_print(const BadgePreview& preview, Moment now) {
  return preview.is_drawn() || preview.undrawable || now - preview.asked >= kPictureWithin;
}
struct Refused {
  Decision decision;
  Moment until{};
};
// Too many codes that nobody knows, one after the other: whoever tries them out is slowed down.
struct Paused {
  Moment until{};
};
struct OutOfOrder {
  Fault fault{Fault::camera};
};
// A kiosk that nobody has set up yet, where there is one who can: it waits for a set-up code, hands it over,
// and shows how far that is.
enum class SetUpStage : std::uint8_t {
  waiting,
  not_a_code,   // what was held up is none, or not a whole one
  handed_over,  // and nothing has been heard of it yet
  network,      // the network is being told its settings
  hub,          // the hub is being asked
  done,         // and the kiosk starts anew
  no_hub,       // it did not answer for long
  refused,      // by the hub: used already, or too old
  failed,       // for a reason of this machine's
};
[[nodiscard]] std::string_view to_name(SetUpStage);
[[nodiscard]] std::optional<SetUpStage> stage_named(std::string_view);
struct SetUp {
  SetUpStage stage{SetUpStage::waiting};
  std::string problem{};                // for whoever sets it up, in English; of `done`, the kiosk's name
  std::optional<Moment> answered_by{};  // of a code that was handed over: then nobody acts on it
};
struct StaffPin {
  std::string digits;  // never drawn: the screen shows dots
  bool checking{false};
  bool wrong{false};
  Moment until{};      // left alone, the pad closes
  std::string id{};    // attendee id of who showed their badge; "": anybody's PIN will do
  std::string name{};  // theirs
};
// What came of something that staff did.
struct Acted {
  sync::StaffAction action{sync::StaffAction::admit};
  Outcome outcome{Outcome::done};
  std::optional<Decision> decision{};  // of an admission by hand: it may still refuse
  Receipt receipt{};                   // of a hand-over
  std::string problem{};               // an error of this kiosk, for staff, in English; "" if none
};
struct StaffRecord {
  Operator who;
  std::string query;  // to go back to
  sync::Attendee attendee;
  sync::Presence presence;
  std::uint32_t generation{1};
  std::vector<sync::JournalRow> history;    // the newest first
  std::string photo{};                      // a JPEG; "": none, or it has yet to come
  std::optional<Decision> here{};           // what the rules say of them now, at this entrance
  std::optional<sync::StaffAction> asking;  // for its reason, or for a yes
  std::optional<sync::Attendee> absent;     // in whose place they are to come
  bool working{false};                      // an action is under way
  std::optional<Acted> acted;               // the last action
  enum class Reprint : std::uint8_t { none, working, held, printed, failed } reprint{Reprint::none};
  std::string reprint_problem;  // for staff, English or as the printer says
  Moment until{};
};
struct StaffSearch {
  Operator who;
  std::string query;
  std::vector<sync::Attendee> hits;
  bool searched{false};  // `hits` is the answer to `query`
  Moment until{};
  std::optional<StaffRecord> arrived{};  // looking for the one in whose place this one comes
  int page{0};                           // of what may stand in place of the letter typed last
};
// Many badges into one hand: first who, then the receipt.
struct StaffHandOver {
  StaffRecord record;  // of whoever takes them; to go back to
  std::vector<sync::Attendee> people;
  std::set<std::string> left_out;  // attendee ids
  int page{0};
  bool working{false};
  std::optional<Acted> acted;  // with the receipt, once it is done
  std::size_t printed{0};      // of its badges
  std::size_t failed{0};
  Moment until{};
};
// Why a past decision came out as it did.
struct StaffWhy {
  StaffRecord record;  // to go back to
  std::vector<std::string> lines;
  bool altered{false};  // decided again, it comes out differently, or the row was changed
  int page{0};
  Moment until{};
};
// Who is inside, for an evacuation.
struct InsideLine {
  std::string name;  // or the id, of somebody who is not on the roster here
  std::string organisation;
  std::string zone;  // id
  std::optional<sync::Timestamp> since;
};
struct StaffInside {
  Operator who;
  std::string query;               // to go back to
  std::vector<InsideLine> people;  // by name
  sync::Timestamp taken{};
  int page{0};
  Moment until{};
};
// This kiosk: whether it is all right, and how today goes. It comes up at once, and is filled in when the
// journal has answered: a disk that hangs is no reason to show nothing.
struct StaffStatus {
  Operator who;
  std::string query;                    // to go back to
  std::optional<KioskStatus> status{};  // nullopt: none has come yet
  int page{0};                          // of the alerts
  Moment next{};                        // when it is asked for anew
  Moment until{};
};
using Screen =
    std::variant<Idle, Checking, BadgePreview, Admitted, Refused, Paused, OutOfOrder, SetUp, StaffPin,
                 StaffSearch, StaffRecord, StaffHandOver, StaffWhy, StaffInside, StaffStatus>;

// What a person has asked for who cannot see the screen, or not well, or not so high up; all of it ends with
// their visit. Each at the touch of its button, or at once where the roster says that they need it.
// Sources: EN 301 549 5.1.3 (speech, volume), WCAG 2.2.1 (a warning 20 s before, ten times more time).
inline constexpr int kVolumeLeast = 1;
inline constexpr int kVolumeUsual = 3;
inline constexpr int kVolumeMost = 5;
inline constexpr int kMoreTimes = 10;
enum class Aid : std::uint8_t {
  high_contrast,
  large_type,
  within_reach,  // all of a tall screen is shown low
};
struct Assist {
  bool speech{false};
  bool high_contrast{false};
  bool large_type{false};
  bool within_reach{false};
  std::string needed_by{};   // attendee id: the roster says so, and no hand has; "": somebody asked
  bool headset{false};       // plugged in: what is said is for one person's ears
  int volume{kVolumeUsual};  // of speech
  Moment asks{};             // when "do you need more time?" comes up, if nothing is heard of them
  Moment until{};            // when it ends, unless they answer
  bool asking{false};        // it is up
  int extended{0};           // how often they needed it
  [[nodiscard]] bool active() const { return speech || high_contrast || large_type || within_reach; }
};

// A sentence to be said.
struct Sentence {
  std::string text;
  std::string language;  // of the screens: "en", "zh"
  friend bool operator==(const Sentence&, const Sentence&) = default;
};

// Sounds that tell, without a look, how it went.
enum class Tone : std::uint8_t { accept, refuse, call_staff, attention };

struct State {
  Screen screen{OutOfOrder{Fault::no_roster}};
  Moment since{};                 // when this kind of screen came up: motion is drawn from it
  Fault fault{Fault::no_roster};  // what would be shown instead of Idle
  std::string language{"en"};     // of the screen now: the delegate's, or the one picked on the idle screen
  std::string picked_language;    // picked with a touch; "" if none
  Moment language_until{};        // a pick that nobody follows up with a badge is forgotten
  std::optional<Keyboard> keyboard{};  // that staff picked, until they leave; nullopt: as the language has it
  bool online{false};                  // the hub answered a short while ago
  int pin_failures{0};                 // in a row
  std::optional<Moment> pin_locked_until;
  std::optional<std::chrono::seconds> clock_off;  // the hub's clock minus ours, if that is more than a minute
  bool clock_guessed{false};                      // nobody has told the time since this machine started
  std::vector<Moment> unknown_codes;   // when they were shown: the newest last, at most kUnknownCodes + 1
  std::optional<Moment> paused_until;  // no way round it through staff mode
  bool restart_ordered{false};         // by the office: once nobody stands here
  bool staff_warned{false};            // staff mode closes soon, and has said so
  Assist assist;
};

// --- what happens
// ----------------------------------------------------------------------------------------------
namespace event {
struct Tick {};  // a deadline was reached (wake_at)
struct SymbolSeen {
  std::string text;
};
struct Decided {
  Decision decision;
  bool preview{false};      // the event shows people their badge before it is printed
  std::string last_name{};  // of their last badge, if it was not the roster's
};
struct BadgeDrawn {  // a preview
  std::string attendee;
  BadgePicture picture;  // no JPEG: it could not be drawn
};
struct NameChosen {
  std::size_t name{0};  // of BadgePreview::names
};
struct PrintAsked {};       // it is right
struct CorrectionAsked {};  // it is not
struct AdmitFailed {};      // the row could not be written: nobody is let in on a promise
struct FaultChanged {
  Fault fault{Fault::none};
};
struct HubHeard {
  bool online{false};
};
struct ClockJudged {
  std::optional<std::chrono::seconds> off;  // the hub's clock minus ours; nullopt: right, as far as is known
  bool guessed{false};  // since the start, neither the hub nor the network has told the time
};
struct RestartOrdered {};
struct GateStayedShut {  // for somebody who was let through
  std::string why;       // English, for logs and staff
};
struct LanguagePicked {
  std::string language;
};
struct CornerHeld {};  // the hidden way into staff mode
struct StaffAsked {};  // and the one for whoever of the staff has just shown their badge
struct Digit {
  char digit{'0'};
};
struct Erase {};  // last digit or letter
struct PinEntered {};
struct StaffIdentified {  // by their badge
  std::string id;
  std::string name;
};
struct UnknownShown {};  // at the pad: a code of nobody
struct PinChecked {
  bool right{false};
  Operator who;
};
struct Typed {
  std::string letters;  // UTF-8
};
struct Replaced {       // by another form of it: e by é, the syllable "zhang" by 张
  std::string tail;     // of the query as it was shown; if it ends otherwise by now, nothing is replaced
  std::string letters;  // UTF-8
};
struct KeyboardPicked {
  Keyboard keyboard{Keyboard::latin};
};
struct SearchDone {
  std::string query;
  std::vector<sync::Attendee> hits;
};
struct Chosen {
  std::string attendee;
};
struct RecordRead {
  sync::Attendee attendee;
  sync::Presence presence;
  std::uint32_t generation{1};
  std::vector<sync::JournalRow> history;
  std::optional<Decision> here{};
  std::string photo{};
};
struct ActionAsked {  // shows its reasons, or asks for a yes
  sync::StaffAction action{sync::StaffAction::reprint};
};
struct ReasonChosen {
  Reason reason{ReprintReason::lost};
};
struct Confirmed {};
struct ActionDone {
  std::string attendee;
  Acted acted;
};
struct DelegationAsked {};  // hand over: not this badge alone
struct UncollectedListed {
  std::string delegation;
  std::vector<sync::Attendee> people;
};
struct LeftOut {  // of a hand-over; a second time: taken in again
  std::string attendee;
};
struct PageTurned {
  int by{1};
};
struct WhyAsked {
  std::string row;  // its id
};
struct Explained {
  std::string attendee;  // of the row
  std::vector<std::string> lines;
  bool altered{false};
};
struct BadgeHeld {  // of either: it comes out once somebody has seen to the printer
  std::string attendee;
  std::string why;  // for staff: English, or as the printer says
};
struct BadgeDone {  // of a self-service badge or a reprint
  std::string attendee;
  bool printed{false};
  std::string problem;
  std::string at{};  // checkpoint at whose printer it came out, if that is another's
};
struct EvacuationAsked {};
struct InsideListed {
  std::vector<InsideLine> people;
  sync::Timestamp taken{};
};
struct StatusAsked {};
struct StatusRead {
  KioskStatus status;
};
struct RollChanged {};  // the printer has a new one
struct SetUpTold {
  SetUpStage stage{SetUpStage::waiting};
  std::string problem;
};
struct Touched {};  // any touch: the person is still there
struct HeadsetChanged {
  bool in{false};
};
struct SpeechAsked {};  // by its key or its button; once more: all is said again
// What was to be said has been said: time is counted from now.
struct SpeechEnded {
  std::uint64_t turn{0};  // of Voice::say; the main loop applies it if it still matters
};
struct AidAsked {  // and once more: no longer
  Aid aid{Aid::high_contrast};
};
struct VolumeAsked {
  int by{1};
};
struct KeyPressed {};  // any of the keypad: the person is still there
struct Back {};        // one screen back
struct Leave {};       // out of staff mode, or "done" on a result
}  // namespace event

using Event = std::variant<
    event::Tick, event::SymbolSeen, event::Decided, event::BadgeDrawn, event::NameChosen, event::PrintAsked,
    event::CorrectionAsked, event::AdmitFailed, event::FaultChanged, event::HubHeard, event::ClockJudged,
    event::RestartOrdered, event::GateStayedShut, event::LanguagePicked, event::CornerHeld, event::StaffAsked,
    event::Digit, event::Erase, event::PinEntered, event::StaffIdentified, event::UnknownShown,
    event::PinChecked, event::Typed, event::Replaced, event::KeyboardPicked, event::SearchDone, event::Chosen,
    event::RecordRead, event::ActionAsked, event::ReasonChosen, event::Confirmed, event::ActionDone,
    event::DelegationAsked, event::UncollectedListed, event::LeftOut, event::PageTurned, event::WhyAsked,
    event::Explained, event::EvacuationAsked, event::InsideListed, event::StatusAsked, event::StatusRead,
    event::RollChanged, event::BadgeHeld, event::BadgeDone, event::SetUpTold, event::Touched,
    event::HeadsetChanged, event::SpeechAsked, event::AidAsked, event::SpeechEnded, event::VolumeAsked,
    event::KeyPressed, event::Back, event::Leave>;

// --- what is to be done about it, elsewhere
// ----------------------------------------------------------------------
namespace effect {
struct Admit {  // journal thread: facts -> decide -> append -> commit, then Decided
  std::string text;
};
struct PreviewBadge {  // print thread: of what the journal thread knows; then BadgeDrawn
  std::string attendee;
  std::string name;  // that it is to have
};
struct PrintBadge {  // print thread: of the credential that the journal thread minted; then BadgeDone
  std::string attendee;
  std::string name{};  // as they chose it; "": nobody was asked
};
struct CheckPin {  // journal thread (Argon2id takes a while), then PinChecked
  std::string digits;
  std::string id{};  // of the one whose PIN it must be, or ""
};
struct IdentifyStaff {  // journal thread: then StaffIdentified, if it is the badge of somebody with a role,
                        // or UnknownShown, if it is nobody's
  std::string text;
};
struct Search {
  std::string query;
};
struct ReadRecord {
  std::string attendee;
};
struct Reissue {  // journal thread: generation + 1 is journalled, minted, handed to the printer
  std::string attendee;
  Operator who;
  ReprintReason reason{ReprintReason::lost};
};
struct AdmitByHand {  // this and the following: journal thread, then ActionDone
  std::string attendee;
  Operator who;
  AdmitReason reason{AdmitReason::known_by_sight};
};
struct Undo {
  std::string attendee;
  Operator who;
  std::string row;
};
struct StopBadges {
  std::string attendee;
  Operator who;
  StopReason reason{StopReason::lost};
};
struct IssueDayBadge {
  std::string attendee;
  Operator who;
};
struct HandBadgesOver {
  std::vector<std::string> attendees;
  Operator who;
  HandOver how{HandOver::proxy};
  std::string to;  // attendee id, or ""
};
struct Substitute {
  std::string attendee;
  Operator who;
  std::string absent;
};
struct ListUncollected {  // then UncollectedListed
  std::string delegation;
};
struct Explain {  // then Explained
  std::string row;
};
struct ListInside {};  // then InsideListed
struct ReadStatus {};  // then StatusRead
struct NoteNewRoll {   // journal thread: badges are counted anew
  std::string operator_id;
};
struct RaiseAlert {  // journal thread: for staff and the hub to look at
  std::string rule;
  std::string detail;
  std::string attendee{};  // id of whom it names, or ""
};
struct HandOverSetUp {  // to lanyard-setup; then SetUpTold, again and again
  std::string code;
};
struct LetThrough {};  // to the gate, if there is one: one person, whose row is on the disk
struct Restart {};     // the main loop ends, and systemd starts the kiosk anew
struct Play {
  Tone tone{Tone::accept};
};
struct SayAgain {};  // the screen is read from its beginning
struct Hush {};      // what is being said stops at once
struct Forget {};    // the scanner forgets what it just saw: the same badge may be shown again at once
}  // namespace effect

using Effect = std::variant<effect::Admit, effect::PreviewBadge, effect::PrintBadge, effect::CheckPin,
                            effect::IdentifyStaff, effect::Search, effect::ReadRecord, effect::Reissue,
                            effect::AdmitByHand, effect::Undo, effect::StopBadges, effect::IssueDayBadge,
                            effect::HandBadgesOver, effect::Substitute, effect::ListUncollected,
                            effect::Explain, effect::ListInside, effect::ReadStatus, effect::NoteNewRoll,
                            effect::RaiseAlert, effect::HandOverSetUp, effect::LetThrough, effect::Restart,
                            effect::Play, effect::SayAgain, effect::Hush, effect::Forget>;
using Effects = std::vector<Effect>;

}  // namespace lanyard::kiosk
