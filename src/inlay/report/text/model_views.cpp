#include "inlay/report/text/model_views.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "inlay/base/checked.hpp"
#include "inlay/base/quantity.hpp"
#include "inlay/report/text/text_table.hpp"
#include "inlay/schedule/json_writer.hpp"
#include "inlay/schedule/problem_fields.hpp"
#include "inlay/workload/description.hpp"

namespace inlay::report::text {
namespace {

std::int64_t gathered_bytes(const workload::Model& model) {
  std::int64_t sum = 0;
  for (const workload::Layer& layer : model.layers) {
    sum = base::checked_add(sum, layer.gathered_bytes);
  }
  return sum;
}

/// What is before the first semicolon outside of parentheses: the publication.
std::string publication(const std::string& source) {
  int depth = 0;
  for (std::size_t i = 0; i < source.size(); ++i) {
    depth += source[i] == '(' ? 1 : source[i] == ')' ? -1 : 0;
    if (source[i] == ';' && depth == 0) {
      return source.substr(0, i);
    }
  }
  return source;
}

/// A string of Graphviz' language.
std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
    }
    result += c;
  }
  return result + '"';
}

/// Name, operators and shape in three lines; Graphviz breaks lines at \n.
std::string node_label(const workload::Layer& layer) {
  std::string operators = layer.op;
  for (const std::string& fused : layer.fused) {
    operators += " + " + fused;
  }
  std::string label = quoted(layer.name + '\n' + operators + '\n' + workload::describe(layer.shape));
  for (std::size_t at = label.find('\n'); at != std::string::npos; at = label.find('\n', at)) {
    label.replace(at, 1, "\\n");
  }
  return label;
}

}  // namespace

std::string models_text(const std::vector<NamedModel>& models) {
  TextTable table({{"model", Align::kLeft},
                   {"layers", Align::kRight},
                   {"MACs", Align::kRight},
                   {"parameters", Align::kRight},
                   {"activations", Align::kRight},
                   {"source", Align::kLeft}});
  for (const auto& [name, model] : models) {
    table.add({name, std::to_string(model.layers.size()),
               base::format_count(static_cast<double>(workload::macs(model))),
               base::format_count(static_cast<double>(workload::parameters(model))),
               base::format_bytes(static_cast<double>(workload::activation_bytes(model))),
               publication(model.source)});
  }
  return table.text();
}

nlohmann::ordered_json models_json(const std::vector<NamedModel>& models) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const auto& [name, model] : models) {
    list.push_back({{"name", name},
                    {"layers", model.layers.size()},
                    {"macs", workload::macs(model)},
                    {"parameters", workload::parameters(model)},
                    {"activation_bytes", workload::activation_bytes(model)},
                    {"source", model.source}});
  }
  return list;
}

nlohmann::ordered_json model_json(const workload::Model& model) {
  schedule::JsonWriter writer;
  workload::Model copy = model;  // the fields of a document are named for reading and writing alike
  schedule::describe(writer, copy);
  nlohmann::ordered_json result = writer.json();
  for (std::size_t i = 0; i < model.layers.size(); ++i) {
    result["layers"][i]["macs"] = workload::macs(model.layers[i].shape);
  }
  result["totals"] = {{"layers", model.layers.size()},
                      {"macs", workload::macs(model)},
                      {"parameters", workload::parameters(model)},
                      {"weight_bytes", workload::weight_bytes(model)},
                      {"gathered_bytes", gathered_bytes(model)},
                      {"activation_bytes", workload::activation_bytes(model)}};
  return result;
}

std::string model_dot(const workload::Model& model) {
  std::string text = fmt::format("digraph {} {{\n  node [shape=box];\n", quoted(model.name));
  const auto layer_name = [&model](int layer) {
    return quoted(model.layers[static_cast<std::size_t>(layer)].name);
  };
  for (const workload::Layer& layer : model.layers) {
    text += fmt::format("  {} [label={}];\n", quoted(layer.name), node_label(layer));
  }
  // A layer's name has no blank, so that these are other nodes.
  for (const workload::Tensor& tensor : model.tensors) {
    const std::string shape = quoted(workload::describe(tensor.dimensions));
    const std::string from =
        tensor.producer < 0 ? quoted("input " + tensor.name) : layer_name(tensor.producer);
    if (tensor.producer < 0) {
      text += fmt::format("  {} [shape=ellipse];\n", from);
    }
    for (const int user : tensor.users) {
      text += fmt::format("  {} -> {} [label={}];\n", from, layer_name(user), shape);
    }
    if (tensor.is_output) {
      const std::string to = quoted("output " + tensor.name);
      text += fmt::format("  {} [shape=ellipse];\n  {} -> {} [label={}];\n", to, from, to, shape);
    }
  }
  return text + "}\n";
}

}  // namespace inlay::report::text
