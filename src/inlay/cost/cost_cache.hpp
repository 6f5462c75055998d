#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlay/cost/engine.hpp"

namespace inlay::cost {

/// What to look up: one mini-batch of a shape.
struct CacheQuestion {
  workload::Shape shape;
  workload::Precision precision;
  std::int64_t fused_operations = 0;
  std::int64_t mini_batch = 1;
};

/// Costs kept between runs, in an SQLite file that several processes may use at once. It never changes a
/// result and never fails: what goes wrong is told to `warn` once, and from then on nothing is found or kept.
/// For one thread at a time, and not across a fork.
class CostCache {
 public:
  using Warn = std::function<void(const std::string&)>;

  /// The file is costs-1.sqlite in `folder`, which is made when it is first needed.
  CostCache(std::filesystem::path folder, Warn warn);
  ~CostCache();
  CostCache(const CostCache&) = delete;
  CostCache& operator=(const CostCache&) = delete;

  /// [question]: what is known of it for this engine and chiplet type.
  std::vector<std::optional<LayerCost>> find(const CostEngine& engine, const hardware::ChipletType& type,
                                             const std::vector<CacheQuestion>& questions);
  /// Keeps answers[i] to questions[i].
  void store(const CostEngine& engine, const hardware::ChipletType& type,
             const std::vector<CacheQuestion>& questions, const std::vector<LayerCost>& answers);

 private:
  class File;
  template <typename Body>
  void attempt(const Body& body);
  void give_up(const std::string& reason);

  std::filesystem::path folder_;
  Warn warn_;
  std::unique_ptr<File> file_;
  bool usable_ = true;
  bool warned_ = false;
};

/// Folder of the user's cache: INLAY_CACHE, else XDG_CACHE_HOME/inlay, else ~/.cache/inlay; none if all three
/// variables are unset.
std::optional<std::filesystem::path> cache_folder();

}  // namespace inlay::cost
