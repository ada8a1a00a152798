// The machines' disks, in memory: SQLite's files, with what was synced and what was not. A process that dies
// leaves what it has written to its kernel; a machine that loses its power, what had reached the disk, and of
// the rest as much as happened to. SQLite's own code decides what of it counts, as on a real disk.
// Threads: one, for all of a process.
#pragma once

#include <filesystem>

#include "tests/simulation/dice.hpp"

namespace lanyard::simulation::disk {

// From now on all databases of this process are on these disks. To be called before the first is opened;
// again, it changes nothing. Throws std::runtime_error if SQLite does not let itself be told.
void mount();

// All files are gone. No database is open.
void clear();
// Like the shell's. Throws std::runtime_error if there is no such file, or for one that is open.
void copy(const std::filesystem::path& from, const std::filesystem::path& to);
// One that is not there is none the less gone.
void remove(const std::filesystem::path& file);
// The files of a folder, none of which is open, are as after a loss of power: of what was written to each
// since it was last synced, a drawn number of writes, the first ones, is there.
void lose_power(const std::filesystem::path& folder, Dice& dice);

}  // namespace lanyard::simulation::disk
