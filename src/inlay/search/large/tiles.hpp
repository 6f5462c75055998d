#pragma once

#include <map>
#include <optional>
#include <vector>

#include "inlay/evaluate/stage_figures.hpp"
#include "inlay/schedule/problem.hpp"

namespace inlay::search::large {

/// Tiles that are alike for a stage: they have members of the same types and the same way to the memory.
struct TileKind {
  evaluate::GridTypes members;
  hardware::MemoryAccess access;
  double l2_access = 0.0;    // J per byte, of the mean member
  evaluate::StageExit exit;  // no way to another tile of this shape is shorter in any respect
  hardware::Submesh example;
};

/// The tiles of rows x columns chiplets.
struct TileShape {
  schedule::Grid grid;
  std::vector<TileKind> kinds;
  /// Whether all chiplets of all its tiles are of the same type.
  bool of_one_type() const;
};

/// The shapes that share their stages' plans: rows x columns and columns x rows of chiplets of one type.
using SimilarShapes = std::vector<std::size_t>;

/// The submeshes of more than one chiplet that the problem's stages may run on, by shape. Shapes are ordered
/// by members.
class Tiles {
 public:
  /// Of each shape at most `most_kinds` kinds; where there are more, tiles are told apart by the types of
  /// their members alone, and the best way to the memory stands for all of them. Keeps the problem's package.
  Tiles(const schedule::Problem& problem, int most_kinds);

  struct Tile {
    hardware::Submesh submesh;
    int shape = 0;
    int kind = 0;  // of the shape
  };
  const std::vector<TileShape>& shapes() const { return shapes_; }
  const std::vector<SimilarShapes>& similar() const { return similar_; }
  /// The tile of these chiplets in any order; null if there is none.
  const Tile* of(std::vector<int> chiplets) const;
  bool touch(const Tile& a, const Tile& b) const { return hardware::touch(*package_, a.submesh, b.submesh); }

 private:
  void add(const schedule::Problem& problem, const hardware::Submesh& submesh);
  void merge_kinds(int shape);
  void find_exits(const schedule::Problem& problem);
  void find_similar();

  const hardware::Package* package_;
  std::vector<TileShape> shapes_;
  std::vector<SimilarShapes> similar_;
  std::vector<Tile> tiles_;
  std::map<std::vector<int>, std::size_t> by_members_;  // ascending chiplets
};

}  // namespace inlay::search::large
