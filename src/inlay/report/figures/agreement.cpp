#include "inlay/report/figures/agreement.hpp"

#include <fmt/format.h>

#include <cmath>

#include "inlay/base/quantity.hpp"
#include "inlay/report/figures/figures.hpp"

namespace inlay::report::figures {

std::vector<AgreementRow> agreement(const schedule::Problem& problem, const evaluate::ScheduleCost& cost,
                                    const simulate::Replay& replay) {
  std::vector<AgreementRow> rows = {{"schedule", cost.latency, replay.latency}};
  const std::size_t windows = replay.windows.size();
  for (std::size_t w = 0; w < windows; ++w) {
    const simulate::WindowReplay& window = replay.windows[w];
    if (windows > 1) {
      rows.push_back({fmt::format("window {}", w), cost.windows[w].latency, window.latency});
    }
    for (std::size_t p = 0; p < window.pipelines.size(); ++p) {
      const auto model = static_cast<std::size_t>(window.pipelines[p].model);
      rows.push_back({fmt::format("window {}, {}", w, problem.scenario.models[model].name),
                      cost.windows[w].pipelines[p].end, window.pipelines[p].end});
    }
  }
  return rows;
}

std::string to_string(const AgreementRow& row) {
  const double error = row.error();
  const std::string verdict = std::abs(error) < 0.0005
                                  ? "they agree"
                                  : fmt::format("the estimate is {} too {}", format_share(std::abs(error)),
                                                error > 0 ? "low" : "high");
  return fmt::format("{}, replay {} ({})", base::format_time(row.estimate), base::format_time(row.replay),
                     verdict);
}

}  // namespace inlay::report::figures
