#include "inlay/schedule/problem.hpp"

#include <algorithm>

#include "inlay/base/checked.hpp"

namespace inlay::schedule {

bool goes_through_memory(const Problem& problem, int model, int tensor, std::int64_t mini_batch) {
  const workload::Model& graph = problem.scenario.models[static_cast<std::size_t>(model)].model;
  const workload::Tensor& edge = graph.tensors[static_cast<std::size_t>(tensor)];
  if (edge.producer < 0) {
    return true;
  }
  std::int64_t smallest_l2 =
      problem.package.types[static_cast<std::size_t>(problem.package.chiplets[0].type)].l2_bytes;
  for (const hardware::Chiplet& chiplet : problem.package.chiplets) {
    smallest_l2 =
        std::min(smallest_l2, problem.package.types[static_cast<std::size_t>(chiplet.type)].l2_bytes);
  }
  const bool skips =
      std::any_of(edge.users.begin(), edge.users.end(), [&](int user) { return user != edge.producer + 1; });
  // mini_batch * bytes > L2 / 8 in integers.
  return skips && base::checked_product(mini_batch, edge.bytes, 8) > smallest_l2;
}

bool limits_time(const Problem& problem) {
  const auto has_rate = [](const workload::ScenarioModel& entry) { return entry.rate.has_value(); };
  const auto& models = problem.scenario.models;
  return !problem.constraints.latency_limits.empty() ||
         (problem.repeated && std::any_of(models.begin(), models.end(), has_rate));
}

std::string to_string(Communication communication) {
  switch (communication) {
    case Communication::kPaper:
      return "paper";
    case Communication::kShared:
      return "shared";
    case Communication::kContended:
      break;
  }
  return "contended";
}

std::string to_string(hardware::Overlap overlap) {
  return overlap == hardware::Overlap::kSerial ? "serial" : "overlapped";
}

std::vector<hardware::Submesh> submeshes(const Problem& problem) {
  const int most = problem.submeshes == SubmeshFamily::kSingle ? 1 : problem.most_members;
  return problem.submeshes == SubmeshFamily::kTiles ? hardware::tiles(problem.package, most)
                                                    : hardware::submeshes(problem.package, most);
}

std::string to_string(SubmeshFamily family) {
  switch (family) {
    case SubmeshFamily::kSingle:
      return "single";
    case SubmeshFamily::kTiles:
      return "tiles";
    case SubmeshFamily::kUniform:
      return "uniform";
    case SubmeshFamily::kRectangles:
      return "rectangles";
  }
  return "";
}

}  // namespace inlay::schedule
