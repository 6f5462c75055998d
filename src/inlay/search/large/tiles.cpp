#include "inlay/search/large/tiles.hpp"

#include <algorithm>
#include <limits>

#include "inlay/evaluate/transfer.hpp"

namespace inlay::search::large {
namespace {

hardware::MemoryAccess best_of(const hardware::MemoryAccess& a, const hardware::MemoryAccess& b) {
  return {std::min(a.seconds_per_byte, b.seconds_per_byte), std::min(a.latency, b.latency),
          std::min(a.hops, b.hops)};
}

}  // namespace

bool TileShape::of_one_type() const {
  const int type = kinds.front().members.types.front();
  return std::all_of(kinds.begin(), kinds.end(), [type](const TileKind& kind) {
    const std::vector<int>& types = kind.members.types;
    return std::all_of(types.begin(), types.end(), [type](int one) { return one == type; });
  });
}

Tiles::Tiles(const schedule::Problem& problem, int most_kinds) : package_(&problem.package) {
  for (const hardware::Submesh& submesh : schedule::submeshes(problem)) {
    if (!submesh.single()) {
      add(problem, submesh);
    }
  }
  for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
    if (static_cast<int>(shapes_[shape].kinds.size()) > most_kinds) {
      merge_kinds(static_cast<int>(shape));
    }
  }
  find_exits(problem);
  find_similar();
}

const Tiles::Tile* Tiles::of(std::vector<int> chiplets) const {
  std::sort(chiplets.begin(), chiplets.end());
  const auto found = by_members_.find(chiplets);
  return found == by_members_.end() ? nullptr : &tiles_[found->second];
}

/// Of two groups of the same chiplets the first one counts.
void Tiles::add(const schedule::Problem& problem, const hardware::Submesh& submesh) {
  std::vector<int> members = submesh.chiplets;
  std::sort(members.begin(), members.end());
  if (!by_members_.try_emplace(std::move(members), tiles_.size()).second) {
    return;
  }
  const schedule::Grid grid{submesh.rows, submesh.columns};
  auto shape =
      std::find_if(shapes_.begin(), shapes_.end(), [&](const auto& one) { return one.grid == grid; });
  if (shape == shapes_.end()) {
    shape = shapes_.insert(shapes_.end(), {grid, {}});
  }
  TileKind fresh{evaluate::members_of(problem.package, submesh),
                 hardware::memory_access(problem.package, submesh),
                 evaluate::mean_l2_access(problem.package, submesh),
                 {},
                 submesh};
  auto kind = std::find_if(shape->kinds.begin(), shape->kinds.end(), [&](const TileKind& one) {
    return one.members == fresh.members && one.access == fresh.access;
  });
  if (kind == shape->kinds.end()) {
    kind = shape->kinds.insert(shape->kinds.end(), std::move(fresh));
  }
  tiles_.push_back(
      {submesh, static_cast<int>(shape - shapes_.begin()), static_cast<int>(kind - shape->kinds.begin())});
}

void Tiles::merge_kinds(int shape) {
  std::vector<TileKind>& kinds = shapes_[static_cast<std::size_t>(shape)].kinds;
  std::vector<TileKind> merged;
  std::vector<int> merged_of;
  for (TileKind& kind : kinds) {
    auto found = std::find_if(merged.begin(), merged.end(),
                              [&](const TileKind& one) { return one.members == kind.members; });
    if (found == merged.end()) {
      found = merged.insert(merged.end(), kind);
    }
    found->access = best_of(found->access, kind.access);
    merged_of.push_back(static_cast<int>(found - merged.begin()));
  }
  kinds = std::move(merged);
  for (Tile& tile : tiles_) {
    if (tile.shape == shape) {
      tile.kind = merged_of[static_cast<std::size_t>(tile.kind)];
    }
  }
}

void Tiles::find_exits(const schedule::Problem& problem) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  const evaluate::FigureConstants constants(problem);
  for (TileShape& shape : shapes_) {
    for (TileKind& kind : shape.kinds) {
      kind.exit = {kInfinite, kInfinite, kInfinite};
    }
  }
  for (const Tile& from : tiles_) {
    TileShape& shape = shapes_[static_cast<std::size_t>(from.shape)];
    evaluate::StageExit& least = shape.kinds[static_cast<std::size_t>(from.kind)].exit;
    for (const Tile& to : tiles_) {
      if (to.shape == from.shape && hardware::touch(problem.package, from.submesh, to.submesh)) {
        const evaluate::StageExit exit =
            evaluate::exit_of(constants, hardware::crossing(problem.package, from.submesh, to.submesh));
        least.seconds_per_byte = std::min(least.seconds_per_byte, exit.seconds_per_byte);
        least.latency = std::min(least.latency, exit.latency);
        least.hops = std::min(least.hops, exit.hops);
      }
    }
  }
}

void Tiles::find_similar() {
  for (std::size_t shape = 0; shape < shapes_.size(); ++shape) {
    const auto found = std::find_if(similar_.begin(), similar_.end(), [&](const SimilarShapes& known) {
      const TileShape& one = shapes_[known.front()];
      return one.grid.rows == shapes_[shape].grid.columns && one.grid.columns == shapes_[shape].grid.rows &&
             one.of_one_type() && shapes_[shape].of_one_type();
    });
    if (found == similar_.end()) {
      similar_.push_back({shape});
    } else {
      found->push_back(shape);
    }
  }
}

}  // namespace inlay::search::large
