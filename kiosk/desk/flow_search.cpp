// Staff mode: what is typed to find somebody, letter by letter.
#include "kiosk/desk/flow_turn.hpp"
#include "kiosk/desk/query.hpp"

namespace lanyard::kiosk {

void Turn::operator()(const event::Typed& e) {
  auto* search = on<StaffSearch>();
  if (search == nullptr || search->query.size() + e.letters.size() > kMaxQueryBytes) return;
  search->query += e.letters;
  look_up(*search);
}

// The screen that was touched may be a frame older than the query: nothing is replaced that nobody saw.
void Turn::operator()(const event::Replaced& e) {
  auto* search = on<StaffSearch>();
  if (search == nullptr || e.tail.empty() || !search->query.ends_with(e.tail)) return;
  const std::size_t kept = search->query.size() - e.tail.size();
  const bool cuts_a_letter = sync::continues_letter(e.tail.front());
  if (cuts_a_letter || kept + e.letters.size() > kMaxQueryBytes) return;
  search->query.replace(kept, e.tail.size(), e.letters);
  look_up(*search);
}

void Turn::operator()(const event::KeyboardPicked& e) {
  auto* search = on<StaffSearch>();
  if (search == nullptr) return;
  state_.keyboard = e.keyboard;
  search->page = 0;
  search->until = now_ + config_.staff_idle;
}

void Turn::operator()(const event::SearchDone& e) {
  auto* search = on<StaffSearch>();
  if (search == nullptr || in_words(search->query) != e.query) return;  // typed on meanwhile
  search->hits = e.hits;
  search->searched = true;
}

void Turn::erase_letter(StaffSearch& search) {
  if (search.query.empty()) return;
  search.query.resize(last_letter(search.query));
  look_up(search);
}

void Turn::look_up(StaffSearch& search) {
  search.until = now_ + config_.staff_idle;
  search.searched = search.query.empty();
  search.hits.clear();
  search.page = 0;
  if (!search.query.empty()) effects_.push_back(effect::Search{in_words(search.query)});
}

void Turn::search_again(Operator who, std::string query) {
  StaffSearch search{std::move(who), std::move(query), {}, false, {}};
  look_up(search);
  show(std::move(search));
}

}  // namespace lanyard::kiosk
