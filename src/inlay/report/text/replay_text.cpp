#include "inlay/report/text/replay_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "inlay/base/counted.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/agreement.hpp"
#include "inlay/report/figures/figures.hpp"
#include "inlay/report/text/text_table.hpp"

namespace inlay::report::text {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string heading(const schedule::Problem& problem, const simulate::Replay& replay) {
  std::int64_t activities = 0;
  for (const simulate::WindowReplay& window : replay.windows) {
    activities += window.activities;
  }
  Pairs pairs = {
      {"scenario", problem.scenario.name},
      {"package", problem.package.name},
      {"estimate", fmt::format("{} communication, {} stages", schedule::to_string(problem.communication),
                               schedule::to_string(problem.overlap))},
      {"replay", base::counted(static_cast<std::size_t>(activities), "activity", "activities")}};
  if (replay.latencies.size() > 1) {
    const auto [least, most] = std::minmax_element(replay.latencies.begin(), replay.latencies.end());
    pairs.back().second += fmt::format(", mean of {} runs from {} to {}", replay.latencies.size(),
                                       base::format_time(*least), base::format_time(*most));
  }
  return text_of_pairs(pairs);
}

std::string times(const schedule::Problem& problem, const evaluate::ScheduleCost& cost,
                  const simulate::Replay& replay) {
  TextTable table({{"latency", Align::kLeft},
                   {"estimate", Align::kRight},
                   {"replay", Align::kRight},
                   {"estimate off by", Align::kRight}});
  for (const figures::AgreementRow& row : figures::agreement(problem, cost, replay)) {
    table.add({row.what, base::format_time(row.estimate), base::format_time(row.replay),
               fmt::format("{:+.1f}%", -100.0 * row.error())});
  }
  return table.text();
}

std::string chiplets(const schedule::Problem& problem, const simulate::Replay& replay) {
  TextTable table({{"chiplet", Align::kLeft}, {"computing", Align::kRight}});
  for (std::size_t i = 0; i < replay.computing.size(); ++i) {
    table.add({problem.package.chiplets[i].name, figures::format_share(replay.computing[i])});
  }
  return table.text();
}

std::string resources(const simulate::Replay& replay) {
  TextTable table({{"resource", Align::kLeft},
                   {"bandwidth", Align::kRight},
                   {"bytes", Align::kRight},
                   {"of its bandwidth", Align::kRight}});
  std::size_t idle = 0;
  for (const simulate::ResourceReplay& resource : replay.resources) {
    if (resource.bytes == 0.0) {
      ++idle;
      continue;
    }
    table.add({resource.name, base::format_bandwidth(resource.bandwidth), base::format_bytes(resource.bytes),
               figures::format_share(resource.utilisation)});
  }
  return table.text() +
         (idle == 0 ? "" : fmt::format("{} carry nothing\n", base::counted(idle, "more resource")));
}

}  // namespace

std::string replay_text(const schedule::Problem& problem, const evaluate::ScheduleCost& cost,
                        const simulate::Replay& replay) {
  return fmt::format("{}\n{}\n{}\n{}", heading(problem, replay), times(problem, cost, replay),
                     chiplets(problem, replay), resources(replay));
}

}  // namespace inlay::report::text
