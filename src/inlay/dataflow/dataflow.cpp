#include "inlay/dataflow/dataflow.hpp"

#include <algorithm>
#include <set>

#include "inlay/dataflow/directive_text.hpp"

namespace inlay::dataflow {
namespace {

const std::vector<std::string>& convolution_dimensions() {
  static const std::vector<std::string> kDimensions = {"K", "C", "R", "S", "Y", "X", "Y'", "X'"};
  return kDimensions;
}

const std::vector<std::string>& gemm_dimensions() {
  static const std::vector<std::string> kDimensions = {"M", "N", "K"};
  return kDimensions;
}

Directive read_directive(const base::YamlNode& node, const std::vector<std::string>& dimensions,
                         const std::vector<std::string>& names) {
  const std::string text = node.text();
  try {
    return parse_directive(text, dimensions, names);
  } catch (const ExpressionError& error) {
    base::SourcePosition position = node.position();
    position.column += static_cast<int>(error.offset());
    throw base::InputError(position, node.field(), std::string(error.what()) + " in '" + text + "'");
  }
}

/// What one level of the cluster tree maps.
struct LevelCheck {
  std::set<std::string> dimensions;
  int spatial = 0;

  void add(const Directive& directive, const base::YamlNode& node) {
    if (!dimensions.insert(directive.dimension).second) {
      node.fail(directive.dimension + " is mapped twice in one level");
    }
    spatial += directive.kind == DirectiveKind::kSpatial ? 1 : 0;
    if (spatial > 2) {
      node.fail("a level may have at most two SpatialMaps");
    }
    for (const std::string input : {"Y", "X"}) {
      if (dimensions.count(input) != 0 && dimensions.count(input + "'") != 0) {
        node.fail(input + " and " + input + "' may not both be mapped in one level");
      }
    }
  }

  void finish(const base::YamlNode& node) const {
    if (spatial == 0) {
      node.fail("every level, from one Cluster to the next, needs a SpatialMap");
    }
    for (const auto& [output, filter] : {std::pair<std::string, std::string>{"Y'", "R"}, {"X'", "S"}}) {
      if (dimensions.count(output) != 0 && dimensions.count(filter) == 0) {
        node.fail("a map of " + output + " needs a map of " + filter + " in the same level");
      }
    }
  }
};

std::vector<Directive> read_section(const base::YamlNode& section, const std::vector<std::string>& dimensions,
                                    const std::vector<std::string>& names) {
  std::vector<Directive> directives;
  LevelCheck level;
  int clusters = 0;
  for (const base::YamlNode& node : section.list()) {
    directives.push_back(read_directive(node, dimensions, names));
    if (directives.back().kind != DirectiveKind::kCluster) {
      level.add(directives.back(), node);
      continue;
    }
    level.finish(node);
    level = {};
    if (++clusters > kMaxClusters) {
      node.fail("more than " + std::to_string(kMaxClusters) + " Clusters");
    }
  }
  if (directives.empty()) {
    section.fail("no directives");
  }
  level.finish(section);
  return directives;
}

void read_gemm(const base::YamlNode& node, Dataflow& dataflow) {
  if (node.is_list()) {
    dataflow.gemm = read_section(node, gemm_dimensions(), gemm_names());
    return;
  }
  base::YamlMap map = node.map();
  map.required("as").choice({"convolution"});
  dataflow.token_layout =
      map.required("tokens").choice({"column", "folded"}) == 0 ? TokenLayout::kColumn : TokenLayout::kFolded;
  map.finish();
}

bool any_free(const std::vector<Directive>& directives) {
  return std::any_of(directives.begin(), directives.end(),
                     [](const Directive& directive) { return directive.sizing == Sizing::kTuned; });
}

Dataflow read_tunable(const base::YamlNode& node, bool may_be_tuned);

/// Reads what stands in where sizes are not tuned: a file beside the one that names it.
Dataflow read_untuned(const base::YamlNode& node) {
  const auto path = std::filesystem::path(node.position().file).parent_path() / node.name();
  if (!std::filesystem::exists(path)) {
    node.fail("there is no file " + path.string());
  }
  return read_tunable(base::YamlNode::load(path), false);
}

Dataflow read_tunable(const base::YamlNode& node, bool may_be_tuned) {
  static const std::vector<std::string> kStationary = {"weight", "output", "input", "row"};
  base::YamlMap map = node.map();
  Dataflow dataflow;
  dataflow.name = map.required("name").name();
  dataflow.description = map.required("description").name();
  dataflow.source = map.required("source").name();
  dataflow.stationary = kStationary[map.required("stationary").choice(kStationary)];
  dataflow.convolution =
      read_section(map.required("convolution"), convolution_dimensions(), convolution_names());
  read_gemm(map.required("gemm"), dataflow);
  const bool free = has_free_sizes(dataflow);
  if (free && !may_be_tuned) {
    node.fail("a dataflow that stands in for one with free sizes may have none itself");
  }
  if (const auto stand_in = map.optional("untuned")) {
    if (!free) {
      stand_in->fail("no size of this dataflow is free (auto), so that nothing is tuned");
    }
    dataflow.untuned.push_back(read_untuned(*stand_in));
  }
  map.finish();
  return dataflow;
}

}  // namespace

const std::vector<std::string>& convolution_names() {
  static const std::vector<std::string> kNames = {"K", "C", "R", "S", "Y", "X", "StrideY", "StrideX"};
  return kNames;
}

const std::vector<std::string>& gemm_names() {
  return gemm_dimensions();
}

Dataflow read_dataflow(const base::YamlNode& node) {
  return read_tunable(node, true);
}

Dataflow load_dataflow(const std::filesystem::path& path) {
  return read_dataflow(base::YamlNode::load(path));
}

bool has_free_sizes(const Dataflow& dataflow) {
  return any_free(dataflow.convolution) || any_free(dataflow.gemm);
}

const Dataflow& untuned(const Dataflow& dataflow) {
  return dataflow.untuned.empty() ? dataflow : dataflow.untuned.front();
}

const std::string& untuned_size(const Directive& directive) {
  if (directive.size.empty()) {
    throw base::InfeasibleError(to_string(directive) +
                                ": nothing chooses the size here; write auto(SIZE) or even(SIZE), or name a "
                                "dataflow under 'untuned', for engines that do not tune");
  }
  return directive.size;
}

std::string to_string(const Directive& directive) {
  std::string size = directive.size;
  if (directive.sizing != Sizing::kWritten) {
    const std::string word = directive.sizing == Sizing::kTuned ? "auto" : "even";
    size = size.empty() ? word : word + "(" + size + ")";
  }
  if (directive.kind == DirectiveKind::kCluster) {
    return "Cluster(" + size + ")";
  }
  const std::string word = directive.kind == DirectiveKind::kSpatial ? "SpatialMap(" : "TemporalMap(";
  const std::string offset = directive.offset.empty() ? "" : ", " + directive.offset;
  return word + size + offset + ") " + directive.dimension;
}

}  // namespace inlay::dataflow
