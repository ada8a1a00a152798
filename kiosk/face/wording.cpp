// What is said about a decision, and the names of things.
#include <iterator>

#include "kiosk/face/parts.hpp"

namespace lanyard::kiosk {
namespace {

// What a refusal means in kind words, and what would help. Placeholders: {when} opens, {since} admitted,
// {where}.
struct RuleWords {
  Rule rule;
  Glyph glyph;
  Phrase title;
  Phrase body;
  Phrase hint{nullptr};
  bool to_desk{true};
};

constexpr Phrase kNone{nullptr};

const auto kWords = std::to_array<RuleWords>({
    {Rule::unreadable, Glyph::badge, mark("We could not read this code"),
     mark("Please hold your forum badge flat and still, with the square code facing the screen."), kNone},
    {Rule::other_event, Glyph::badge, mark("This badge is for another event"),
     mark("Please show the badge of this event."), kNone},
    {Rule::unknown, Glyph::question, mark("We cannot find this badge"),
     mark("A new registration can take a few minutes to arrive here. Please try again shortly."), kNone},
    {Rule::not_synced, Glyph::question, mark("Your registration is on its way here"),
     mark("It has not reached this kiosk yet. Please try again in a few minutes, or let us help you now."),
     kNone},
    {Rule::test_badge, Glyph::badge, mark("This is a badge for practice"),
     mark("It was made for a rehearsal. Please show the badge that you were given for the event."), kNone},
    {Rule::replaced, Glyph::badge, mark("This badge has been replaced"),
     mark("Please use your newer badge. If you do not have it, we will gladly print another."), kNone},
    {Rule::blocked, Glyph::desk, mark("Please see the protocol desk"),
     mark("Thank you for coming. Our colleagues would like to assist you in person."), kNone},
    {Rule::withdrawn, Glyph::desk, mark("Please see the protocol desk"),
     mark("Thank you for coming. Our colleagues would like to assist you in person."), kNone},
    {Rule::substituted, Glyph::people, mark("A colleague is taking part in your place"),
     mark("Your badge was passed on with it. If you are taking part after all, we will gladly help."), kNone},
    {Rule::pending, Glyph::desk, mark("Your accreditation is almost complete"),
     mark("One step is left. We will gladly complete it together with you."), kNone},
    {Rule::not_yet_valid, Glyph::calendar, mark("Your badge is not valid yet"),
     mark("It is valid from {when}."), kNone},
    {Rule::no_longer_valid, Glyph::calendar, mark("Your badge is no longer valid"),
     mark("If you are still taking part, we will gladly renew it."), kNone},
    {Rule::wrong_zone, Glyph::signpost, mark("Your badge opens other areas"),
     mark("This entrance leads to {zone}. We will gladly show you the way to yours."), kNone},
    {Rule::wrong_category, Glyph::signpost, mark("This entrance is for other guests"),
     mark("Your badge is welcome at another entrance. We will gladly show you the way."), kNone},
    {Rule::tag_missing, Glyph::desk, mark("One confirmation is still missing"),
     mark("This entrance asks for it beside the badge. We will gladly tell you which, and complete it with "
          "you."),
     kNone},
    // What bars somebody may be private: only the way is told.
    {Rule::tag_barred, Glyph::signpost, mark("Please use another entrance"),
     mark("Your badge does not open this one. We will gladly show you the way."), kNone},
    {Rule::too_early, Glyph::clock, mark("You are early"), mark("This entrance opens for you at {when}."),
     mark("Please come back then."), false},
    {Rule::too_late, Glyph::clock, mark("This entrance has closed"),
     mark("Admission here has ended for your badge."), kNone},
    {Rule::needs_escort, Glyph::people, mark("Please come in with your escort"),
     mark("Please ask your escort to show their badge here first, and then show yours."), kNone},
    {Rule::needs_principal, Glyph::people, mark("Please come in together"),
     mark("You are welcome as soon as the guest whom you accompany has checked in."), kNone},
    {Rule::companions_full, Glyph::full, mark("The places for companions are taken"),
     mark("You are welcome as soon as one of your party has left."), kNone},
    {Rule::already_inside, Glyph::inside, mark("You are already checked in"),
     mark("You were admitted at {since}, at {where}."), mark("If that was not you, please tell us.")},
    {Rule::once_only, Glyph::inside, mark("This badge has already been used here"),
     mark("You were admitted at {since}, at {where}."), mark("If that was not you, please tell us.")},
    {Rule::once_a_day, Glyph::inside, mark("You have already checked in today"),
     mark("You were admitted at {since}, at {where}."), mark("If that was not you, please tell us.")},
    {Rule::no_reentry, Glyph::inside, mark("You cannot come in a second time here"),
     mark("You were admitted at {since}, at {where}."), kNone},
    {Rule::full, Glyph::full, mark("All places are taken at the moment"),
     mark("We will let you in as soon as places become free. Please wait nearby."), kNone},
    {Rule::reserved, Glyph::full, mark("The places that are left are reserved"),
     mark("We will let you in as soon as others become free. Please wait nearby."), kNone},
    {Rule::quota, Glyph::full, mark("The places of your delegation are taken"),
     mark("You are welcome as soon as one of your delegation has left."), kNone},
    {Rule::organisation_quota, Glyph::full, mark("Your organisation's places are taken"),
     mark("You are welcome as soon as one of your organisation has left."), kNone},
    {Rule::badge_taken, Glyph::badge, mark("You have your badge already"),
     mark("It was printed before. If you do not have it any more, we will gladly help."), kNone},
});

// Short: it is read at a glance, over a held-up badge.
struct AdviceWords {
  scanner::Advice advice;
  Phrase words;
};
const auto kAdvice = std::to_array<AdviceWords>({
    {scanner::Advice::too_far, mark("Please come a little closer")},
    {scanner::Advice::too_near, mark("Please hold it a little further away")},
    {scanner::Advice::too_dark, mark("Too dark: please turn it to the light")},
    {scanner::Advice::glare, mark("A lamp is reflected: please tilt it a little")},
    {scanner::Advice::blurred, mark("Not sharp: please hold it further away")},
    {scanner::Advice::tilted, mark("Please hold it straight to the camera")},
    {scanner::Advice::hold_still, mark("Please hold still")},
    {scanner::Advice::one_at_a_time, mark("One at a time, please")},
});

const RuleWords& words_of(Rule rule) {
  for (const RuleWords& words : kWords) {
    if (words.rule == rule) return words;
  }
  return kWords.front();
}

bool mentions(const Phrase& phrase, std::string_view slot) {
  return phrase.text != nullptr && std::string_view(phrase.text).find(slot) != std::string_view::npos;
}

// A sentence whose facts are missing is not said.
std::string filled(const Drawing& d, const Phrase& phrase, const Decision& decision) {
  if (phrase.text == nullptr) return {};
  const Tongue& t = d.canvas.tongue();
  std::string when;
  std::string since;
  if (decision.opens_at) when = t.moment(*decision.opens_at, d.view.wall_now, d.calendar());
  if (decision.entered_at) since = t.moment(*decision.entered_at, d.view.wall_now, d.calendar());
  const std::string where = checkpoint_name(d, decision.entered_where);
  const std::string zone =
      d.view.checkpoint == nullptr ? std::string() : zone_name(d, d.view.checkpoint->zone);
  if (mentions(phrase, "{when}") && when.empty()) return {};
  if (mentions(phrase, "{since}") && since.empty()) return {};
  if (mentions(phrase, "{zone}") && zone.empty()) return {};
  if (mentions(phrase, "{where}") && where.empty()) {
    return t.say("You were admitted at {since}.", {{"since", since}});
  }
  return t.say(phrase, {{"when", when}, {"since", since}, {"where", where}, {"zone", zone}});
}

}  // namespace

std::string advice_wording(const Drawing& d, scanner::Advice advice) {
  for (const AdviceWords& words : kAdvice) {
    if (words.advice == advice) return d.canvas.tongue().say(words.words);
  }
  return {};
}

Wording refusal_wording(const Drawing& d, const Decision& decision) {
  const RuleWords& words = words_of(decision.rule);
  const Tongue& t = d.canvas.tongue();
  Wording w;
  w.glyph = words.glyph;
  w.title = t.say(words.title);
  if (decision.opens_at) w.figure = t.moment(*decision.opens_at, d.view.wall_now, d.calendar());
  w.body = filled(d, words.body, decision);
  w.hint = filled(d, words.hint, decision);
  w.personal = decision.entered_at.has_value();
  w.desk = is_private(decision.rule)                 ? WayOn::protocol_desk
           : decision.way_on == WayOn::accreditation ? WayOn::accreditation
           : words.to_desk                           ? WayOn::help_desk
                                                     : WayOn::none;
  return w;
}

std::string desk_name(const Drawing& d, WayOn way) {
  if (d.view.event == nullptr || way == WayOn::none) return {};
  const sync::EventInfo& event = *d.view.event;
  if (way == WayOn::protocol_desk) return d.local(event.protocol_desk);
  const std::string papers = way == WayOn::accreditation ? d.local(event.accreditation_desk) : std::string();
  return papers.empty() ? d.local(event.help_desk) : papers;
}

std::string listed(const Tongue& t, std::initializer_list<std::string> parts) {
  std::string words;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!words.empty()) words += t.say_in("between the items of a list", ", ");
    words += part;
  }
  return words;
}

bool greets_by_name(const Drawing& d, const sync::Attendee& attendee) {
  const sync::Category* category =
      d.view.event == nullptr ? nullptr : sync::find_category(*d.view.event, attendee.category);
  const bool changes_hands = category != nullptr && category->transferable;
  return !changes_hands && !(attendee.name.empty() && attendee.name_native.empty());
}

std::string category_name(const Drawing& d, std::string_view id) {
  if (d.view.event == nullptr) return std::string(id);
  const sync::Category* category = sync::find_category(*d.view.event, id);
  return category == nullptr ? std::string(id) : d.local(category->name);
}

Rgb category_colour(const Drawing& d, std::string_view id) {
  constexpr Rgb kUnknownCategory = rgb(0x46505F);
  if (d.view.livery != nullptr) {
    const auto& worn = d.view.livery->categories;
    if (const auto found = worn.find(id); found != worn.end()) return found->second;
  }
  if (d.view.event == nullptr) return kUnknownCategory;
  const sync::Category* category = sync::find_category(*d.view.event, id);
  return category == nullptr ? kUnknownCategory : rgb(category->colour_rgb);
}

std::string zone_name(const Drawing& d, std::string_view id) {
  if (d.view.event == nullptr) return std::string(id);
  const sync::Zone* zone = sync::find_zone(*d.view.event, id);
  return zone == nullptr ? std::string(id) : d.local(zone->name);
}

std::string checkpoint_name(const Drawing& d, std::string_view id) {
  if (d.view.checkpoint != nullptr && d.view.checkpoint->id == id) return d.local(d.view.checkpoint->name);
  for (const sync::Checkpoint& checkpoint : d.view.checkpoints) {
    if (checkpoint.id == id) return d.local(checkpoint.name);
  }
  return std::string(id);
}

std::string status_name(const Drawing& d, sync::Status status) {
  const Tongue& t = d.canvas.tongue();
  switch (status) {
    case sync::Status::approved:
      return t.say_in("accreditation", "Approved");
    case sync::Status::pending:
      return t.say_in("accreditation", "Pending");
    case sync::Status::blocked:
      return t.say_in("accreditation", "Blocked");
    case sync::Status::withdrawn:
      return t.say_in("accreditation", "Withdrawn");
  }
  return {};
}

std::string native_language(const sync::Attendee& attendee) {
  for (const std::string& language : attendee.languages) {
    if (language.substr(0, language.find('-')) != "en") return language;
  }
  return "zh";
}

}  // namespace lanyard::kiosk
