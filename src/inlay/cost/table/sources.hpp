#pragma once

#include <compare>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inlay/cost/table/file.hpp"
#include "inlay/hardware/package.hpp"
#include "inlay/workload/scenario.hpp"

/// Which row of which file speaks of which layer.
namespace inlay::cost::table {

enum class SourceKind {
  kMissing,
  kEntry,  // an entry of Inlay's format
  kMaestroRow,
  kMaestroVector,  // a layer without MACs, of which MAESTRO knows nothing: the vector unit's rule
};

struct Source {
  SourceKind kind = SourceKind::kMissing;
  int file = 0;
  int index = 0;  // of the entry or row in its file
  auto operator<=>(const Source&) const = default;
};

/// The files of one engine, with an index of their names.
class TableFiles {
 public:
  explicit TableFiles(std::vector<TableFile> files);

  const std::vector<TableFile>& files() const { return files_; }
  /// [layer]: the first file that has a row for a layer is the one that counts.
  std::vector<Source> sources(const workload::ScenarioModel& model, const hardware::ChipletType& type) const;
  /// One mini-batch from its source; none if the entry has other mini-batches than this and more than the
  /// single sample, or if MAESTRO dropped the layer. Throws base::InputError for hardware that is not the
  /// row's.
  std::optional<LayerCost> cost(const Source& source, const workload::Layer& layer, std::int64_t mini_batch,
                                const hardware::ChipletType& type) const;

 private:
  Source find_entry(int file, const workload::ScenarioModel& model, const std::string& layer,
                    const std::string& chiplet) const;
  std::vector<Source> find_maestro(int file, const workload::ScenarioModel& model) const;

  /// Entries of a file whose layer is a name, by that name, and those whose layer is a pattern.
  struct Index {
    std::map<std::string, std::vector<int>> names;
    std::vector<int> patterns;
  };
  std::vector<TableFile> files_;
  std::vector<Index> indices_;
};

}  // namespace inlay::cost::table
