#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "inlay/evaluate/schedule_cost.hpp"
#include "inlay/report/text/comparison.hpp"
#include "inlay/report/text/front_table.hpp"
#include "inlay/schedule/schedule_json.hpp"

namespace inlay::report::page {

/// A schedule file that has been verified.
struct PageSchedule {
  std::string file;  // its name in the folder
  schedule::ScheduleDocument document;
  evaluate::ScheduleCost cost;  // by the reference evaluator
};

/// All that a page shows.
struct PageInput {
  std::optional<text::Comparison> comparison;
  std::optional<text::FrontTable> front;
  std::string program_version;          // that wrote the files
  std::vector<PageSchedule> schedules;  // the best first
};

/// Reads what `inlay schedule --out` or `inlay compare --out` wrote into a folder: the schedules that
/// comparison.json names, or of a front (front.json) the one of least EDP and both ends, or else every
/// schedule there. Without a comparison the best is that with the lowest value of the objective, or EDP if
/// the files differ in their objectives. Every schedule is verified. Throws base::InputError, naming file and
/// place, for a folder without such files, a damaged file, a schedule that is not valid or of which a number
/// is wrong.
PageInput read_page_input(const std::filesystem::path& folder);

}  // namespace inlay::report::page
