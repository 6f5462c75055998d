#include "inlay/report/page/input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"
#include "inlay/report/files/front_json.hpp"
#include "inlay/report/page/comparison_file.hpp"
#include "inlay/schedule/json_text.hpp"
#include "inlay/verify/verify.hpp"

namespace inlay::report::page {
namespace {

namespace fs = std::filesystem;

constexpr const char* kComparisonFile = "comparison.json";
constexpr const char* kFrontFile = "front.json";

PageSchedule read_schedule(const fs::path& file) {
  PageSchedule schedule;
  schedule.file = file.filename().string();
  schedule.document = schedule::read_document(base::read_file(file), file.string());
  verify::Verdict verdict = verify::verify(schedule.document);
  for (const verify::Finding& finding : verdict.findings) {
    if (finding.severity == verify::Severity::kError) {
      throw base::InputError(
          fmt::format("{}: not a valid schedule: {}: {}", file.string(), finding.place, finding.message));
    }
  }
  schedule.cost = std::move(verdict.cost).value();
  return schedule;
}

/// A row and its schedule must come from the same run.
void check_same_run(const fs::path& folder, const text::ComparisonRow& row, const PageSchedule& schedule) {
  if (std::abs(row.result->latency - schedule.cost.latency) > verify::kTolerance * schedule.cost.latency) {
    throw base::InputError(fmt::format(
        "{}: the row of {} says a latency of {} s, but {} takes {} s; the files are of different runs",
        (folder / kComparisonFile).string(), row.schedule_file, row.result->latency, row.schedule_file,
        schedule.cost.latency));
  }
}

void read_row_schedule(const fs::path& folder, const text::ComparisonRow& row, PageInput& input) {
  input.schedules.push_back(read_schedule(folder / row.schedule_file));
  check_same_run(folder, row, input.schedules.back());
}

/// Those that the comparison names, the best first and then in its order.
void read_compared(const fs::path& folder, PageInput& input) {
  const fs::path file = folder / kComparisonFile;
  input.comparison = read_comparison(base::read_file(file), file.string(), input.program_version);
  const auto best = text::best_row(*input.comparison);
  if (!best) {
    return;
  }
  read_row_schedule(folder, input.comparison->rows[*best], input);
  for (std::size_t i = 0; i < input.comparison->rows.size(); ++i) {
    const text::ComparisonRow& row = input.comparison->rows[i];
    if (row.result && i != *best) {
      read_row_schedule(folder, row, input);
    }
  }
}

void read_front_row(const fs::path& folder, const text::FrontRow& row, PageInput& input) {
  const bool known = std::any_of(input.schedules.begin(), input.schedules.end(),
                                 [&](const PageSchedule& other) { return other.file == row.schedule_file; });
  if (known) {
    return;
  }
  input.schedules.push_back(read_schedule(folder / row.schedule_file));
  const evaluate::ScheduleCost& cost = input.schedules.back().cost;
  if (std::abs(row.latency - cost.latency) > verify::kTolerance * cost.latency) {
    throw base::InputError(fmt::format(
        "{}: the point of {} says a latency of {} s, but the schedule takes {} s; the files are of different "
        "runs",
        (folder / kFrontFile).string(), row.schedule_file, row.latency, cost.latency));
  }
}

/// Of many schedules those that people look at first: the least EDP and both ends.
void read_front_folder(const fs::path& folder, PageInput& input) {
  const fs::path file = folder / kFrontFile;
  input.front = files::read_front(base::read_file(file), file.string(), input.program_version);
  read_front_row(folder, input.front->rows[text::least_edp_row(*input.front)], input);
  read_front_row(folder, input.front->rows.front(), input);
  read_front_row(folder, input.front->rows.back(), input);
}

/// Names in alphabetical order, so that the page does not depend on the file system's.
std::vector<fs::path> json_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".json") {
      files.push_back(at->path());
    }
  }
  if (error) {
    throw base::InputError(fmt::format("{}: cannot be read: {}", folder.string(), error.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_schedule(const fs::path& file) {
  const nlohmann::ordered_json json = schedule::parse_json(base::read_file(file), file.string());
  const auto format = json.is_object() ? json.find("format") : json.end();
  return format != json.end() && *format == "inlay-schedule";
}

bool same_objective(const std::vector<PageSchedule>& schedules) {
  return std::all_of(schedules.begin(), schedules.end(), [&](const PageSchedule& schedule) {
    const auto& first = schedules.front().document.statement.certificate;
    const auto& certificate = schedule.document.statement.certificate;
    return first && certificate && first->objective == certificate->objective;
  });
}

void read_alone(const fs::path& folder, PageInput& input) {
  for (const fs::path& file : json_files(folder)) {
    if (is_schedule(file)) {
      input.schedules.push_back(read_schedule(file));
    }
  }
  if (input.schedules.empty()) {
    throw base::InputError(fmt::format(
        "{}: holds neither comparison.json nor a schedule; a folder is expected that 'inlay schedule --out' "
        "or 'inlay compare --out' has written",
        folder.string()));
  }
  input.program_version = input.schedules.front().document.statement.program_version;
  const bool by_objective = same_objective(input.schedules);
  const auto value = [&](const PageSchedule& schedule) {
    return by_objective ? schedule.document.statement.certificate->value : schedule.cost.edp();
  };
  std::stable_sort(input.schedules.begin(), input.schedules.end(),
                   [&](const PageSchedule& a, const PageSchedule& b) { return value(a) < value(b); });
}

}  // namespace

PageInput read_page_input(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw base::InputError(fmt::format(
        "{}: {}; a folder is expected that 'inlay schedule --out' or 'inlay compare --out' has written",
        folder.string(), fs::exists(folder, error) ? "is no folder" : "does not exist"));
  }
  PageInput input;
  if (fs::exists(folder / kComparisonFile, error)) {
    read_compared(folder, input);
  } else if (fs::exists(folder / kFrontFile, error)) {
    read_front_folder(folder, input);
  } else {
    read_alone(folder, input);
  }
  return input;
}

}  // namespace inlay::report::page
