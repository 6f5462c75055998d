#include "inlay/importers/onnx/subgraphs.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <map>

#include "inlay/base/error.hpp"
#include "inlay/importers/onnx/model_functions.hpp"
#include "inlay/importers/onnx/proto_scope.hpp"

namespace inlay::importers::onnx_graph {
namespace {

constexpr std::int64_t kFirstOpsetWithAxesAsInput = 13;

const onnx::GraphProto* body_of(const onnx::NodeProto& node, const std::string& attribute) {
  for (const onnx::AttributeProto& one : node.attribute()) {
    if (one.name() == attribute && one.has_g()) {
      return &one.g();
    }
  }
  return nullptr;
}

std::vector<std::int64_t> integers(const onnx::NodeProto& node, const std::string& attribute,
                                   std::size_t size) {
  for (const onnx::AttributeProto& one : node.attribute()) {
    if (one.name() == attribute && static_cast<std::size_t>(one.ints_size()) == size) {
      return {one.ints().begin(), one.ints().end()};
    }
  }
  return std::vector<std::int64_t>(size, 0);
}

std::string name_of(const onnx::NodeProto& node) {
  return node.name().empty() && node.output_size() > 0 ? node.output(0) : node.name();
}

/// Puts copies of one node's bodies into a graph.
class Expander {
 public:
  Expander(onnx::GraphProto& graph, const onnx::NodeProto& node, const Expansion& expansion,
           std::int64_t opset, const std::string& file)
      : graph_(graph), node_(node), expansion_(expansion), opset_(opset), file_(file) {}

  void take_branch() {
    const onnx::GraphProto& branch = body(expansion_.times != 0 ? "then_branch" : "else_branch");
    if (branch.output_size() < node_.output_size()) {
      fail("its branch has fewer outputs than it has");
    }
    Renames renames;
    add_made_values(branch, expansion_.output + "/", renames);
    std::vector<std::pair<std::string, int>> copies;
    Renames direct;
    for (int i = 0; i < node_.output_size(); ++i) {
      const std::string& name = branch.output(i).name();
      if (node_.output(i).empty()) {
        continue;
      }
      if (renames.count(name) == 0 || !direct.emplace(name, node_.output(i)).second) {
        copies.emplace_back(name, i);
      }
    }
    for (const auto& [name, output] : direct) {
      renames[name] = output;
    }
    copy_body(branch, renames, "", graph_);
    for (const auto& [name, output] : copies) {
      const auto found = renames.find(name);
      add_identity(found == renames.end() ? name : found->second, node_.output(output), graph_);
    }
  }

  void unroll_loop() {
    const onnx::GraphProto& loop = body("body");
    const int carried = node_.input_size() - 2;
    if (carried < 0 || loop.input_size() != carried + 2 || loop.output_size() < carried + 1 ||
        loop.output_size() - 1 < node_.output_size()) {
      fail("its body does not have the inputs and outputs that it needs");
    }
    if (expansion_.times > 1 && !goes_on(loop)) {
      fail("what it computes says whether it goes on; export it with a fixed number of iterations");
    }
    std::vector<std::string> state(node_.input().begin() + 2, node_.input().end());
    std::vector<std::vector<std::string>> lists(static_cast<std::size_t>(loop.output_size() - 1 - carried));
    const std::string go_on = stored("go-on", 1, onnx::TensorProto::BOOL);
    share_tensors(loop);
    for (std::int64_t i = 0; i < expansion_.times; ++i) {
      Renames renames = shared_;
      renames[loop.input(0).name()] = stored(fmt::format("iteration-{}", i), i, onnx::TensorProto::INT64);
      renames[loop.input(1).name()] = go_on;
      iterate(loop, 2, i, renames, state, lists, 1);
    }
    finish(state, lists, std::vector<std::int64_t>(lists.size(), 0),
           std::vector<std::int64_t>(lists.size(), 0));
  }

  void unroll_scan(std::int64_t scanned) {
    const onnx::GraphProto& scan = body("body");
    const int states = node_.input_size() - static_cast<int>(scanned);
    if (states < 0 || scan.input_size() != node_.input_size() || scan.output_size() != node_.output_size() ||
        scan.output_size() < states) {
      fail("its body does not have the inputs and outputs that it needs");
    }
    const auto slices = static_cast<std::size_t>(scanned);
    const std::vector<std::int64_t> axes = integers(node_, "scan_input_axes", slices);
    const std::vector<std::int64_t> backward = integers(node_, "scan_input_directions", slices);
    std::vector<std::string> state(node_.input().begin(), node_.input().begin() + states);
    std::vector<std::vector<std::string>> lists(static_cast<std::size_t>(scan.output_size() - states));
    share_tensors(scan);
    for (std::int64_t i = 0; i < expansion_.times; ++i) {
      Renames renames = shared_;
      for (std::size_t j = 0; j < slices; ++j) {
        const int input = states + static_cast<int>(j);
        const std::int64_t at = backward[j] == 1 ? expansion_.times - 1 - i : i;
        renames[scan.input(input).name()] = gathered(node_.input(input), axes[j], at, i, j);
      }
      iterate(scan, 0, i, renames, state, lists, 0);
    }
    finish(state, lists, integers(node_, "scan_output_axes", lists.size()),
           integers(node_, "scan_output_directions", lists.size()));
  }

 private:
  [[noreturn]] void fail(const std::string& message) const {
    throw base::InputError(
        fmt::format("{}: node '{}' ({}): {}", file_, name_of(node_), node_.op_type(), message));
  }

  const onnx::GraphProto& body(const std::string& attribute) const {
    const onnx::GraphProto* found = body_of(node_, attribute);
    if (found == nullptr) {
      fail(fmt::format("its attribute '{}' is missing", attribute));
    }
    return *found;
  }

  std::string own(const std::string& name) const { return fmt::format("{}#{}", expansion_.output, name); }

  std::string stored(const std::string& name, std::int64_t value, int type) {
    onnx::TensorProto& tensor = *graph_.add_initializer();
    tensor.set_name(own(name));
    tensor.set_data_type(type);
    if (type == onnx::TensorProto::BOOL) {
      tensor.add_int32_data(static_cast<std::int32_t>(value));
    } else {
      tensor.add_int64_data(value);
    }
    return tensor.name();
  }

  /// Stored tensors of the body are the same in all iterations.
  void share_tensors(const onnx::GraphProto& loop) {
    onnx::GraphProto tensors;
    *tensors.mutable_initializer() = loop.initializer();
    *tensors.mutable_sparse_initializer() = loop.sparse_initializer();
    add_made_values(tensors, own(""), shared_);
    copy_body(tensors, shared_, "", graph_);
  }

  /// One copy of the body. Its inputs from number `first` on are the state; its outputs from number `made` on
  /// are the next state, then an element of each list.
  void iterate(const onnx::GraphProto& loop, int first, std::int64_t i, Renames& renames,
               std::vector<std::string>& state, std::vector<std::vector<std::string>>& lists, int made) {
    for (std::size_t j = 0; j < state.size(); ++j) {
      renames[loop.input(first + static_cast<int>(j)).name()] = state[j];
    }
    add_made_values(loop, own(fmt::format("{}/", i)), renames);
    onnx::GraphProto copy = loop;
    copy.clear_initializer();
    copy.clear_sparse_initializer();
    copy_body(copy, renames, fmt::format("{}/{}/", name_of(node_), i), graph_);
    if (graph_.node_size() > kMostExpandedNodes || graph_.initializer_size() > kMostExpandedNodes) {
      fail(fmt::format("its iterations make more than {} nodes", kMostExpandedNodes));
    }
    const auto output = [&](std::size_t index) {
      const std::string& name = loop.output(made + static_cast<int>(index)).name();
      const auto found = renames.find(name);
      return found == renames.end() ? name : found->second;
    };
    std::vector<std::string> next;
    for (std::size_t j = 0; j < state.size(); ++j) {
      next.push_back(output(j));
    }
    for (std::size_t j = 0; j < lists.size(); ++j) {
      lists[j].push_back(output(state.size() + j));
    }
    state = next;
  }

  void finish(const std::vector<std::string>& state, std::vector<std::vector<std::string>>& lists,
              const std::vector<std::int64_t>& axes, const std::vector<std::int64_t>& backward) {
    for (int i = 0; i < node_.output_size(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (node_.output(i).empty()) {
        continue;
      }
      if (at < state.size()) {
        add_identity(state[at], node_.output(i), graph_);
        continue;
      }
      std::vector<std::string>& list = lists[at - state.size()];
      if (list.empty()) {
        fail(fmt::format("without iterations its output '{}' has no elements", node_.output(i)));
      }
      if (backward[at - state.size()] == 1) {
        std::reverse(list.begin(), list.end());
      }
      stack(list, axes[at - state.size()], node_.output(i));
    }
  }

  /// Makes one tensor of all, with a new dimension.
  void stack(const std::vector<std::string>& parts, std::int64_t axis, const std::string& output) {
    onnx::NodeProto concat;
    concat.set_op_type("Concat");
    concat.set_name(output);
    add_integer(concat, "axis", axis);
    std::string axes;
    if (opset_ >= kFirstOpsetWithAxesAsInput) {
      axes = output + "#axes";
      onnx::TensorProto& tensor = *graph_.add_initializer();
      tensor.set_name(axes);
      tensor.set_data_type(onnx::TensorProto::INT64);
      tensor.add_dims(1);
      tensor.add_int64_data(axis);
    }
    for (const std::string& part : parts) {
      onnx::NodeProto& unsqueeze = *graph_.add_node();
      unsqueeze.set_op_type("Unsqueeze");
      unsqueeze.add_input(part);
      if (axes.empty()) {
        onnx::AttributeProto& attribute = *unsqueeze.add_attribute();
        attribute.set_name("axes");
        attribute.set_type(onnx::AttributeProto::INTS);
        attribute.add_ints(axis);
      } else {
        unsqueeze.add_input(axes);
      }
      unsqueeze.add_output(fmt::format("{}#{}", output, concat.input_size()));
      concat.add_input(unsqueeze.output(0));
    }
    concat.add_output(output);
    *graph_.add_node() = concat;
  }

  std::string gathered(const std::string& from, std::int64_t axis, std::int64_t at, std::int64_t i,
                       std::size_t number) {
    onnx::NodeProto& gather = *graph_.add_node();
    gather.set_op_type("Gather");
    gather.add_input(from);
    gather.add_input(stored(fmt::format("place-{}-{}", number, i), at, onnx::TensorProto::INT64));
    gather.add_output(own(fmt::format("slice-{}-{}", number, i)));
    add_integer(gather, "axis", axis);
    return gather.output(0);
  }

  static void add_integer(onnx::NodeProto& node, const char* name, std::int64_t value) {
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::INT);
    attribute.set_i(value);
  }

  /// Whether the body hands its condition on, or says yes itself.
  static bool goes_on(const onnx::GraphProto& loop) {
    std::string name = loop.output(0).name();
    for (int step = 0; step <= loop.node_size(); ++step) {
      if (name == loop.input(1).name()) {
        return true;
      }
      for (const onnx::TensorProto& tensor : loop.initializer()) {
        if (tensor.name() == name) {
          return is_true(tensor);
        }
      }
      const auto maker = std::find_if(
          loop.node().begin(), loop.node().end(),
          [&](const onnx::NodeProto& node) { return node.output_size() > 0 && node.output(0) == name; });
      if (maker == loop.node().end()) {
        return false;
      }
      if (maker->op_type() == "Constant") {
        return maker->attribute_size() > 0 && maker->attribute(0).has_t() && is_true(maker->attribute(0).t());
      }
      if ((maker->op_type() != "Identity" && maker->op_type() != "Cast") || maker->input_size() == 0) {
        return false;
      }
      name = maker->input(0);
    }
    return false;
  }

  static bool is_true(const onnx::TensorProto& tensor) {
    return (tensor.int32_data_size() > 0 && tensor.int32_data(0) != 0) ||
           (!tensor.raw_data().empty() && tensor.raw_data()[0] != 0);
  }

  onnx::GraphProto& graph_;
  const onnx::NodeProto& node_;
  const Expansion& expansion_;
  std::int64_t opset_;
  const std::string& file_;
  Renames shared_;
};

void expand(const onnx::NodeProto& node, const Expansion& expansion, std::int64_t opset,
            const std::string& file, onnx::GraphProto& graph) {
  Expander expander(graph, node, expansion, opset, file);
  if (node.op_type() == "If") {
    expander.take_branch();
  } else if (node.op_type() == "Loop") {
    expander.unroll_loop();
  } else {
    std::int64_t scanned = 0;
    for (const onnx::AttributeProto& attribute : node.attribute()) {
      scanned = attribute.name() == "num_scan_inputs" ? attribute.i() : scanned;
    }
    expander.unroll_scan(scanned);
  }
}

}  // namespace

void expand_subgraphs(onnx::ModelProto& model, const std::vector<Expansion>& expansions, std::int64_t opset,
                      const std::string& file) {
  std::map<std::string, const Expansion*> by_output;
  for (const Expansion& expansion : expansions) {
    by_output.emplace(expansion.output, &expansion);
  }
  onnx::GraphProto& graph = *model.mutable_graph();
  google::protobuf::RepeatedPtrField<onnx::NodeProto> nodes;
  nodes.Swap(graph.mutable_node());
  for (onnx::NodeProto& node : nodes) {
    const auto first = std::find_if(node.output().begin(), node.output().end(),
                                    [](const std::string& name) { return !name.empty(); });
    const auto found = first == node.output().end() ? by_output.end() : by_output.find(*first);
    if (found == by_output.end()) {
      graph.add_node()->Swap(&node);
    } else {
      expand(node, *found->second, opset, file, graph);
    }
  }
}

}  // namespace inlay::importers::onnx_graph
