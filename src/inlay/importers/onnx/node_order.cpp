#include "inlay/importers/onnx/node_order.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <queue>
#include <unordered_map>

#include "inlay/base/error.hpp"

namespace inlay::importers::onnx_graph {
namespace {

/// For each node those that read it, and how many of those that it reads have not run.
struct Readers {
  std::vector<std::vector<std::size_t>> of;
  std::vector<std::size_t> missing;
};

Readers readers_of(const std::vector<Node>& nodes) {
  std::unordered_map<int, std::size_t> makers;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const int output : nodes[i].outputs) {
      makers.emplace(output, i);
    }
  }
  Readers readers{std::vector<std::vector<std::size_t>>(nodes.size()),
                  std::vector<std::size_t>(nodes.size(), 0)};
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const int input : nodes[i].inputs) {
      if (const auto maker = makers.find(input); input >= 0 && maker != makers.end()) {
        readers.of[maker->second].push_back(i);
        ++readers.missing[i];
      }
    }
  }
  return readers;
}

[[noreturn]] void refuse_cycle(const Graph& graph, const std::vector<Node>& nodes, const Readers& readers) {
  constexpr std::size_t kMostNames = 8;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < nodes.size() && names.size() < kMostNames; ++i) {
    if (readers.missing[i] > 0) {
      names.push_back(nodes[i].name);
    }
  }
  throw base::InputError(
      fmt::format("{}: the graph has a cycle; in it or behind it: {}", graph.file, fmt::join(names, ", ")));
}

}  // namespace

void order_nodes(Graph& graph, std::vector<Node> nodes) {
  Readers readers = readers_of(nodes);
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (readers.missing[i] == 0) {
      ready.push(i);
    }
  }
  while (!ready.empty()) {
    const std::size_t next = ready.top();
    ready.pop();
    for (const std::size_t reader : readers.of[next]) {
      if (--readers.missing[reader] == 0) {
        ready.push(reader);
      }
    }
    graph.nodes.push_back(std::move(nodes[next]));
  }
  if (graph.nodes.size() < nodes.size()) {
    refuse_cycle(graph, nodes, readers);
  }
}

}  // namespace inlay::importers::onnx_graph
