#include "sync/hub/issue.hpp"

namespace lanyard::sync::hub {

namespace {

constexpr std::size_t kWriteAtOnce = 64UL * 1024;

}  // namespace

bool gets_credential(const Attendee& attendee) {
  return attendee.status != Status::blocked && attendee.status != Status::withdrawn;
}

Expected<CredentialIssue> CredentialIssue::begin(HubStore& store) {
  const auto founding = store.founding();
  if (!founding) return tl::make_unexpected(founding.error());
  auto event = store.event();
  if (!event) return tl::make_unexpected(event.error());
  if (!*founding || !*event) return fail(Error::Kind::invalid, "the hub has no event yet");
  return CredentialIssue(store, std::move(**event), (*founding)->signing_key);
}

Expected<std::string> CredentialIssue::line(const Attendee& attendee) {
  const auto generation = store_->generation(attendee.id);
  if (!generation) return tl::make_unexpected(generation.error());
  if (*generation > kMaxGeneration)
    return fail(Error::Kind::invalid, attendee.id + " has had too many badges");
  return attendee.id + "," +
         mint({event_tag(event_.id), attendee.id, static_cast<std::uint16_t>(*generation), event_.runs.from,
               event_.runs.until},
              key_) +
         "\n";
}

Expected<std::size_t> issue_to(PrivateFile& file, HubStore& store,
                               const std::vector<std::string>& attendees) {
  auto issue = CredentialIssue::begin(store);
  if (!issue) return tl::make_unexpected(issue.error());
  std::size_t count = 0;
  std::string text(kIssuedHeader);
  for (const std::string& id : attendees) {
    const auto attendee = store.attendee(id);
    if (!attendee) return tl::make_unexpected(attendee.error());
    if (!*attendee || !gets_credential(**attendee)) continue;
    const auto line = issue->line(**attendee);
    if (!line) return tl::make_unexpected(line.error());
    text += *line;
    ++count;
    if (text.size() < kWriteAtOnce) continue;
    if (auto written = file.write(text); !written) return tl::make_unexpected(written.error());
    text.clear();
  }
  if (auto written = file.write(text); !written) return tl::make_unexpected(written.error());
  if (auto flushed = file.flush(); !flushed) return tl::make_unexpected(flushed.error());
  return count;
}

}  // namespace lanyard::sync::hub
