// The demo's event with a kiosk in it: roster, badges, and what its camera sees of them. Threads: values; a
// Stage is read-only once made.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sync/error.hpp"
#include "sync/store.hpp"
#include "tests/e2e/arrivals/scene.hpp"

namespace lanyard::bench {

// Somebody who is to be admitted, with a badge.
struct Guest {
  sync::Attendee attendee;
  std::string text;                                 // of the code on the badge
  std::shared_ptr<const scanner::GrayFrame> frame;  // 1920 by 1080: the badge before the camera
};

struct Stage {
  sync::EventInfo event;
  sync::RosterPage roster;  // the demo's 320 people on one page; no window of time is ever closed
  std::vector<Guest> guests;
  std::shared_ptr<const scanner::GrayFrame> empty_hall;
};

// Errors: invalid, if the demo's files are not what they were.
[[nodiscard]] sync::Expected<Stage> make_stage(std::size_t guests);

// A kiosk's store in a file: enrolled, and with so many people of the roster's kind.
[[nodiscard]] sync::Expected<sync::Store> furnished_store(const std::filesystem::path& file,
                                                          const Stage& stage, std::size_t people);

[[nodiscard]] sync::Identity identity();

}  // namespace lanyard::bench
