#include "search_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "constraint_options.hpp"
#include "cost_cache.hpp"
#include "inlay/base/error.hpp"
#include "inlay/base/quantity.hpp"
#include "interrupt.hpp"
#include "progress_line.hpp"
#include "shares.hpp"

namespace inlay::app {
namespace {

constexpr std::int64_t kMostThreads = 1024;

double parse_time(const std::string& text) {
  try {
    const double seconds = base::parse_quantity(text, base::Dimension::kTime);
    if (seconds > 0.0) {
      return seconds;
    }
  } catch (const std::invalid_argument&) {
    // The message below says what is expected here.
  }
  throw base::InputError(fmt::format(
      "--time-limit: '{}' is not a time above zero with its unit (s, ms, us or ns); for example 30s", text));
}

void set_splits(const std::string& splits, search::Settings& settings) {
  for (const search::OptionRecord& record : search::option_records()) {
    if (record.name.ends_with(".splits")) {
      try {
        settings.set(record.name, splits);
      } catch (const base::InputError& error) {
        throw base::InputError(fmt::format("--splits: {}", error.what()));
      }
    }
  }
}

/// An option of a strategy that does not search would silently do nothing: it is refused.
search::Settings settings_of(const SearchOptions& options, const std::vector<std::string>& strategies) {
  search::Settings settings;
  for (const std::string& assignment : options.assignments) {
    settings.assign(assignment);
  }
  const auto searches = [&](const std::string& strategy) {
    return std::find(strategies.begin(), strategies.end(), strategy) != strategies.end();
  };
  for (const auto& [name, value] : settings.changed()) {
    const std::string owner = name.substr(0, name.find('.'));
    // `auto` hands options on to the strategies that it runs.
    const bool handed_on = (owner == "exact" || owner == "large") && searches("auto");
    if (!searches(owner) && !handed_on) {
      throw base::InputError(
          fmt::format("option {} is of strategy '{}', which is not among those that search: {}", name, owner,
                      fmt::join(strategies, ", ")));
    }
  }
  if (!options.splits.empty()) {
    set_splits(options.splits, settings);
  }
  return settings;
}

/// None: as the package's size affords. Strategies that follow publications run stages on single chiplets.
std::optional<schedule::SubmeshFamily> submesh_family(const SearchOptions& options,
                                                      const std::vector<std::string>& strategies) {
  const std::vector<std::string> choosing = search::submesh_strategy_names();
  const bool chooses =
      strategies.empty() || std::any_of(strategies.begin(), strategies.end(), [&](const auto& name) {
        return std::find(choosing.begin(), choosing.end(), name) != choosing.end();
      });
  if (options.submeshes.empty()) {
    return chooses ? std::nullopt : std::optional(schedule::SubmeshFamily::kSingle);
  }
  const schedule::SubmeshFamily family = solve::submesh_family_named(options.submeshes);
  if (!chooses && family != schedule::SubmeshFamily::kSingle) {
    throw base::InputError(
        fmt::format("--submeshes: strategy '{}' runs stages on single chiplets; those that choose "
                    "submeshes: {}",
                    strategies.front(), fmt::join(choosing, ", ")));
  }
  return family;
}

void show_costing(std::size_t done, std::size_t of) {
  constexpr std::size_t kShownEvery = 32;
  if (done % kShownEvery == 0) {
    show_progress(fmt::format("{} of {} layer costs", done, of));
  }
}

void show_best(double value, double bound) {
  const double gap = value > 0.0 ? 100.0 * (value - bound) / value : 0.0;
  show_progress(fmt::format("best {:.4g}, gap {:.2f}%", value, gap));
}

}  // namespace

void declare(Command& command, SearchOptions& options) {
  command.option(
      "--objective", options.objective, "NAME",
      "latency, energy, edp (the default), period, throughput, or a formula such as \"latency^2 * energy\"");
  command.flag(
      "--steady-state", options.steady_state,
      "the schedule is repeated without end: latency is its period; objectives period and throughput "
      "imply it");
  command.option("--engine", options.engine, "NAME", "cost engine ('inlay list engines'), or table:FILE.csv");
  command.option("--communication", options.communication, "NAME",
                 "paper: every transfer alone; shared: also all bytes at the memory's bandwidth; contended "
                 "(the default): also pipelines delay each other at the memory");
  command.option("--overlap", options.overlap, "NAME",
                 "serial: a stage moves, then computes; overlapped: both at once; else as the package says");
  command.option(
      "--submeshes", options.submeshes, "NAME",
      "what stages run on: single chiplets; tiles: submeshes that divide the package evenly, in a window one "
      "shape for a model; uniform: likewise, of any sides; rectangles: any; else as the package's size "
      "affords");
  command.option("--energy", options.energy, "TABLE",
                 "an energy table for all chiplets: a file or a shipped name; else each its own");
  command.option("--time-limit", options.time_limit, "TIME",
                 "end the search after this time, such as 30s; what layers cost is worked out before");
  command.option("--gap", options.gap, "SHARE",
                 "end it once the answer is proven this close to the best, such as 1%");
  command.option("--splits", options.splits, "N", "short for --option exact.splits=N and its like of others");
  command.options("--option", options.assignments, "NAME=VALUE",
                  "an option of the strategy, such as exact.splits=2 ('inlay show exact' lists them)");
  command.options("--set", options.settings, "[MODEL.]NAME=NUMBER",
                  "a parameter of the scenario's models, or of one, such as sequence=512");
  command.option("--seed", options.seed, 0, std::numeric_limits<std::int64_t>::max(),
                 "of the random numbers");
  command.option("--threads", options.threads, 0, kMostThreads, "0: all cores");
  command.flag("--no-cache", options.no_cache, kNoCacheHelp);
  declare(command, options.constraints);
}

solve::ProblemRequest problem_request(const SearchOptions& options, const std::string& scenario,
                                      const std::string& package,
                                      const std::vector<std::string>& strategies) {
  solve::ProblemRequest request;
  request.scenario = scenario;
  request.package = package;
  request.engine = options.engine;
  request.tuning = cost::tuning_for(options.objective);
  request.communication = solve::communication_named(options.communication);
  request.repeated =
      options.steady_state || options.objective == "period" || options.objective == "throughput";
  if (!options.overlap.empty()) {
    request.overlap = solve::overlap_named(options.overlap);
  }
  request.submeshes = submesh_family(options, strategies);
  request.threads = static_cast<int>(options.threads);
  request.cache = cost_cache(options.no_cache);
  request.energy = options.energy;
  request.constraints = options.constraints;
  request.settings = workload::parse_settings(options.settings);
  request.watch.interrupted = &catch_interrupt();
  if (shows_progress()) {
    request.watch.progress = show_costing;
  }
  return request;
}

search::Options search_options(const SearchOptions& options, const std::vector<std::string>& strategies) {
  search::Options result;
  if (!options.time_limit.empty()) {
    result.stop.time_limit = parse_time(options.time_limit);
  }
  if (!options.gap.empty()) {
    result.stop.gap = read_share("--gap", options.gap, "1%");
  }
  result.stop.interrupted = &catch_interrupt();
  result.seed = static_cast<std::uint64_t>(options.seed);
  const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  result.threads = options.threads == 0 ? cores : static_cast<int>(options.threads);
  result.settings = settings_of(options, strategies);
  if (shows_progress()) {
    result.progress = show_best;
  }
  return result;
}

}  // namespace inlay::app
