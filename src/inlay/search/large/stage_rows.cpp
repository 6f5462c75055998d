#include "inlay/search/large/stage_rows.hpp"

#include <algorithm>
#include <limits>
#include <memory>

#include "inlay/base/checked.hpp"

namespace inlay::search::large {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr evaluate::StageFigures kNoStage{kInfinite, kInfinite, kInfinite, 0};

/// The segments of one chiplet type, a row at a time.
class TypeRows {
 public:
  TypeRows(const schedule::Problem& problem, int model, const windows::LayerRange& range,
           std::int64_t mini_batch, int type)
      : table_(problem, model, range.first, range.last, mini_batch, type) {}

  /// Stages from cut y on that compute for no more than `longest`; the shortest of them at least.
  int useful(const std::vector<int>& cuts, int y, double longest) {
    const int first = cuts[static_cast<std::size_t>(y)];
    int x = y + 1;
    while (x + 1 < static_cast<int>(cuts.size()) &&
           table_.optimistic(first, cuts[static_cast<std::size_t>(x) + 1]).compute <= longest) {
      ++x;
    }
    return x - y;
  }
  const evaluate::Segment& at(int first, int last) { return table_.exact(first, last); }
  void forget(int first) { table_.forget(first); }

 private:
  evaluate::SegmentTable table_;
};

/// Of a layer on the place that suits it best.
double least_compute(const schedule::Problem& problem, const std::vector<evaluate::StagePlace>& places,
                     int model, int layer, int size_index) {
  double least = kInfinite;
  for (const evaluate::StagePlace& place : places) {
    const cost::LayerCost& cost =
        problem.costs.models[static_cast<std::size_t>(model)].at(layer, size_index, place.type);
    if (cost.mappable) {
      const double clock = problem.package.types[static_cast<std::size_t>(place.type)].clock;
      least = std::min(least, static_cast<double>(cost.cycles) / clock);
    }
  }
  return least < kInfinite ? least : 0.0;
}

}  // namespace

StageRows::StageRows(const schedule::Problem& problem, int model, int size_index, std::vector<int> cuts)
    : cuts_(std::move(cuts)) {
  const auto at = static_cast<std::size_t>(model);
  mini_batch_ = problem.costs.models[at].mini_batches[static_cast<std::size_t>(size_index)];
  mini_batches_ = base::ceil_divide(problem.scenario.models[at].batch, mini_batch_);
}

void StageRows::add(int length, const std::vector<evaluate::StageFigures>& figures) {
  begin_.push_back(figures_.size());
  lengths_.push_back(length);
  figures_.insert(figures_.end(), figures.begin(), figures.end());
}

StageRows chiplet_rows(const RowsRequest& request, const std::vector<evaluate::StagePlace>& places) {
  const schedule::Problem& problem = request.problem;
  StageRows result(problem, request.model, request.size_index, request.cuts);
  const evaluate::FigureConstants constants(problem);
  std::vector<std::unique_ptr<TypeRows>> types(problem.package.types.size());
  for (const evaluate::StagePlace& place : places) {
    auto& rows = types[static_cast<std::size_t>(place.type)];
    if (!rows) {
      rows =
          std::make_unique<TypeRows>(problem, request.model, request.range, result.mini_batch(), place.type);
    }
  }
  double least_steady = 0.0;
  for (int layer = request.range.first; layer < request.range.last; ++layer) {
    least_steady =
        std::max(least_steady, least_compute(problem, places, request.model, layer, request.size_index));
  }
  result.set_least_steady(least_steady);
  std::vector<evaluate::StageFigures> figures;
  for (int y = 0; y < result.last_cut(); ++y) {
    int length = 1;
    for (const auto& rows : types) {
      length = rows ? std::max(length, rows->useful(request.cuts, y, request.longest)) : length;
    }
    figures.clear();
    for (const evaluate::StagePlace& place : places) {
      if (request.clock.expired()) {
        return result;
      }
      TypeRows& rows = *types[static_cast<std::size_t>(place.type)];
      const double l2_access = problem.package.types[static_cast<std::size_t>(place.type)].energy.l2_access;
      for (int x = y + 1; x <= y + length; ++x) {
        const evaluate::Segment& segment = rows.at(result.layer(y), result.layer(x));
        // Stages stand on neighbouring chiplets; the last one has no next.
        const int next_hops = x == result.last_cut() ? 0 : 1;
        figures.push_back(segment.feasible
                              ? evaluate::stage_figures(constants, segment, place.memory_hops, next_hops,
                                                        l2_access, result.mini_batches())
                              : kNoStage);
      }
    }
    result.add(length, figures);
    for (const auto& rows : types) {
      if (rows) {
        rows->forget(result.layer(y));
      }
    }
  }
  return result;
}

}  // namespace inlay::search::large
