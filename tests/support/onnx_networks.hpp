#pragma once

#include <string>
#include <vector>

#include "onnx_writer.hpp"

namespace inlay::onnx_writer {

/// Nodes as PyTorch's exporter writes them at opset 13: everything in arithmetic.
class Exported {
 public:
  Model model;

  Exported() {
    model.scalar("half", 0.5F)
        .scalar("one", 1.0F)
        .scalar("two", 2.0F)
        .scalar("three", 3.0F)
        .scalar("epsilon", 1e-5F);
    model.scalar("cubic", 0.044715F).scalar("root_2_by_pi", 0.7978846F).scalar("root_2", 1.4142135F);
  }

  std::string node(const std::string& op, const std::vector<std::string>& inputs, const std::string& name,
                   const std::vector<Attribute>& attributes = {}) {
    model.node(op, inputs, {name}, attributes);
    return name;
  }

  std::string layer_norm(const std::string& x, std::int64_t width, const std::string& name) {
    model.weight(name + ".weight", {width}).weight(name + ".bias", {width});
    const std::string mean = node("ReduceMean", {x}, name + "/mean", {integers("axes", {-1})});
    const std::string centred = node("Sub", {x, mean}, name + "/sub");
    const std::string square = node("Pow", {centred, "two"}, name + "/pow");
    const std::string variance = node("ReduceMean", {square}, name + "/variance", {integers("axes", {-1})});
    const std::string sum = node("Add", {variance, "epsilon"}, name + "/add");
    const std::string root = node("Sqrt", {sum}, name + "/sqrt");
    const std::string normal = node("Div", {centred, root}, name + "/div");
    const std::string gained = node("Mul", {normal, name + ".weight"}, name + "/mul");
    return node("Add", {gained, name + ".bias"}, name);
  }

  std::string rms_norm(const std::string& x, std::int64_t width, const std::string& name) {
    model.weight(name + ".weight", {width});
    const std::string square = node("Pow", {x, "two"}, name + "/pow");
    const std::string mean = node("ReduceMean", {square}, name + "/mean", {integers("axes", {-1})});
    const std::string root = node("Sqrt", {node("Add", {mean, "epsilon"}, name + "/add")}, name + "/sqrt");
    const std::string inverse = node("Reciprocal", {root}, name + "/reciprocal");
    const std::string normal = node("Mul", {x, inverse}, name + "/normal");
    return node("Mul", {name + ".weight", normal}, name);
  }

  std::string gelu_tanh(const std::string& x, const std::string& name) {
    const std::string half = node("Mul", {x, "half"}, name + "/half");
    const std::string cube = node("Pow", {x, "three"}, name + "/pow");
    const std::string sum = node("Add", {x, node("Mul", {cube, "cubic"}, name + "/cubic")}, name + "/sum");
    const std::string curve =
        node("Tanh", {node("Mul", {sum, "root_2_by_pi"}, name + "/scaled")}, name + "/tanh");
    return node("Mul", {half, node("Add", {curve, "one"}, name + "/one")}, name);
  }

  std::string gelu_erf(const std::string& x, const std::string& name) {
    const std::string curve = node("Erf", {node("Div", {x, "root_2"}, name + "/div")}, name + "/erf");
    const std::string product = node("Mul", {x, node("Add", {curve, "one"}, name + "/add")}, name + "/mul");
    return node("Mul", {product, "half"}, name);
  }

  std::string linear(const std::string& x, std::int64_t in, std::int64_t out, const std::string& name,
                     bool bias = true) {
    model.weight(name + ".weight", {in, out});
    const std::string product = node("MatMul", {x, name + ".weight"}, name + "/MatMul");
    if (!bias) {
      return product;
    }
    model.weight(name + ".bias", {out});
    return node("Add", {name + ".bias", product}, name);
  }
};

/// GPT-2 as an exporter writes it: token and position embeddings, blocks spelt out, the head tied to the
/// table.
struct Gpt2 {
  std::int64_t blocks = 36;
  std::int64_t width = 1280;
  std::int64_t heads = 20;
  std::int64_t vocabulary = 50257;
};

inline std::string gpt2(const Gpt2& size) {
  Exported net;
  const std::int64_t head = size.width / size.heads;
  net.model.input("input_ids", {"batch", "sequence"}, kInt64);
  net.model.weight("wte", {size.vocabulary, size.width}).weight("wpe", {1024, size.width});
  net.model.scalar("root_head", 8.0F).weight("causal", {1, 1, 1024, 1024}, 9).scalar("low", -10000.0F);
  net.model.integers("first", {0}).integers("minus_one", {-1}).whole("index_0", 0).whole("index_1", 1);
  net.model.whole("whole_1", 1).whole("whole_0", 0).integers("ends", {-1});
  net.model.integers("heads", {size.heads}).integers("head", {head}).integers("width", {size.width});
  // Sizes from the shape of the input, as exporters compute them.
  const std::string shape = net.node("Shape", {"input_ids"}, "shape");
  const std::string batch =
      net.node("Unsqueeze", {net.node("Gather", {shape, "index_0"}, "batch_size"), "first"}, "batch_1");
  const std::string length = net.node("Gather", {shape, "index_1"}, "length");
  const std::string rows = net.node("Unsqueeze", {length, "first"}, "length_1");
  const std::string split_shape =
      net.node("Concat", {batch, rows, "heads", "head"}, "split_shape", {integer("axis", 0)});
  const std::string merged_shape =
      net.node("Concat", {batch, rows, "width"}, "merged_shape", {integer("axis", 0)});
  const std::string positions = net.node("Range", {"whole_0", length, "whole_1"}, "positions");
  net.model.integers("axis_2", {2}).integers("axis_3", {3});
  const std::string rows_mask = net.node("Slice", {"causal", "first", rows, "axis_2"}, "mask_rows");
  const std::string mask = net.node("Slice", {rows_mask, "first", rows, "axis_3"}, "mask");
  std::string x = net.node(
      "Add",
      {net.node("Gather", {"wte", "input_ids"}, "tokens"),
       net.node("Unsqueeze", {net.node("Gather", {"wpe", positions}, "places"), "first"}, "places_1")},
      "embedded");
  for (std::int64_t i = 0; i < size.blocks; ++i) {
    const std::string name = "/h." + std::to_string(i);
    const std::string normal = net.layer_norm(x, size.width, name + "/ln_1");
    const std::string qkv = net.linear(normal, size.width, 3 * size.width, name + "/attn/c_attn");
    const std::vector<std::string> parts = {name + "/attn/q", name + "/attn/k", name + "/attn/v"};
    net.model.node("Split", {qkv}, parts, {integer("axis", 2)});
    const auto heads = [&](const std::string& part, const std::vector<std::int64_t>& order) {
      return net.node("Transpose", {net.node("Reshape", {part, split_shape}, part + "/Reshape")},
                      part + "/Transpose", {integers("perm", order)});
    };
    const std::string q = heads(parts[0], {0, 2, 1, 3});
    const std::string k = heads(parts[1], {0, 2, 3, 1});
    const std::string v = heads(parts[2], {0, 2, 1, 3});
    const std::string score = net.node("MatMul", {q, k}, name + "/attn/score");
    const std::string scaled = net.node("Div", {score, "root_head"}, name + "/attn/Div");
    const std::string masked = net.node("Where", {mask, scaled, "low"}, name + "/attn/Where");
    const std::string soft = net.node("Softmax", {masked}, name + "/attn/softmax", {integer("axis", -1)});
    const std::string value = net.node("MatMul", {soft, v}, name + "/attn/value");
    const std::string back =
        net.node("Transpose", {value}, name + "/attn/Transpose", {integers("perm", {0, 2, 1, 3})});
    const std::string merged = net.node("Reshape", {back, merged_shape}, name + "/attn/Reshape");
    const std::string projected = net.linear(merged, size.width, size.width, name + "/attn/c_proj");
    const std::string middle = net.node("Add", {projected, x}, name + "/add_1");
    const std::string normal_2 = net.layer_norm(middle, size.width, name + "/ln_2");
    const std::string inner = net.gelu_tanh(
        net.linear(normal_2, size.width, 4 * size.width, name + "/mlp/c_fc"), name + "/mlp/act");
    x = net.node("Add", {net.linear(inner, 4 * size.width, size.width, name + "/mlp/c_proj"), middle},
                 name + "/add_2");
  }
  x = net.layer_norm(x, size.width, "/ln_f");
  net.node("MatMul", {x, net.node("Transpose", {"wte"}, "wte_t", {integers("perm", {1, 0})})}, "logits");
  return net.model.output("logits").bytes(13);
}

/// Blocks of Llama: RMS norms, grouped-query attention with rotary embeddings and repeated keys, SwiGLU.
struct Llama {
  std::int64_t blocks = 2;
  std::int64_t width = 64;
  std::int64_t heads = 8;
  std::int64_t kv_heads = 2;
  std::int64_t inner = 160;
  std::int64_t vocabulary = 1000;
  std::int64_t length = 16;
};

inline std::string llama(const Llama& size) {
  Exported net;
  const std::int64_t head = size.width / size.heads;
  net.model.input("ids", {1, size.length}, kInt64).weight("table", {size.vocabulary, size.width});
  net.model.weight("cos", {1, 1, size.length, head}).weight("sin", {1, 1, size.length, head});
  net.model.integers("first", {0}).integers("half_head", {head / 2}).integers("end", {9223372036854775807});
  net.model.integers("last", {-1}).integers("axis_2", {2}).scalar("scale", 0.35F);
  net.model.integers("q_shape", {1, size.length, size.heads, head})
      .integers("kv_shape", {1, size.length, size.kv_heads, head});
  net.model.integers("all_shape", {1, size.heads, size.length, head})
      .integers("merged", {1, size.length, size.width});
  net.model.integers("repeated", {1, size.kv_heads, size.heads / size.kv_heads, size.length, head});
  std::string x = net.node("Gather", {"table", "ids"}, "tokens");
  for (std::int64_t i = 0; i < size.blocks; ++i) {
    const std::string name = "layers." + std::to_string(i);
    const std::string normal = net.rms_norm(x, size.width, name + "/norm_1");
    const auto project = [&](const char* part, std::int64_t count, const char* shape) {
      const std::string full = net.linear(normal, size.width, count * head, name + part, false);
      return net.node("Transpose", {net.node("Reshape", {full, shape}, name + part + "/Reshape")},
                      name + part + "/Transpose", {integers("perm", {0, 2, 1, 3})});
    };
    const auto rotate = [&](const std::string& y) {
      const std::string lower = net.node("Slice", {y, "first", "half_head", "last"}, y + "/lower");
      const std::string upper = net.node("Slice", {y, "half_head", "end", "last"}, y + "/upper");
      const std::string turned = net.node("Concat", {net.node("Neg", {upper}, y + "/neg"), lower},
                                          y + "/turned", {integer("axis", -1)});
      return net.node("Add",
                      {net.node("Mul", {y, "cos"}, y + "/cos"), net.node("Mul", {turned, "sin"}, y + "/sin")},
                      y + "/rotary");
    };
    const auto repeat = [&](const std::string& y) {
      const std::string wide = net.node(
          "Expand", {net.node("Unsqueeze", {y, "axis_2"}, y + "/Unsqueeze"), "repeated"}, y + "/Expand");
      return net.node("Reshape", {wide, "all_shape"}, y + "/repeat");
    };
    const std::string q = rotate(project("/q", size.heads, "q_shape"));
    const std::string k = repeat(rotate(project("/k", size.kv_heads, "kv_shape")));
    const std::string v = repeat(project("/v", size.kv_heads, "kv_shape"));
    const std::string kt = net.node("Transpose", {k}, name + "/kt", {integers("perm", {0, 1, 3, 2})});
    const std::string score =
        net.node("MatMul", {net.node("Mul", {q, "scale"}, name + "/q_scaled"), kt}, name + "/score");
    const std::string value =
        net.node("MatMul", {net.node("Softmax", {score}, name + "/softmax"), v}, name + "/value");
    const std::string back =
        net.node("Reshape",
                 {net.node("Transpose", {value}, name + "/back", {integers("perm", {0, 2, 1, 3})}), "merged"},
                 name + "/merged");
    const std::string middle =
        net.node("Add", {x, net.linear(back, size.width, size.width, name + "/o", false)}, name + "/add_1");
    const std::string normal_2 = net.rms_norm(middle, size.width, name + "/norm_2");
    const std::string gate = net.linear(normal_2, size.width, size.inner, name + "/gate", false);
    const std::string silu =
        net.node("Mul", {gate, net.node("Sigmoid", {gate}, name + "/sigmoid")}, name + "/silu");
    const std::string product = net.node(
        "Mul", {silu, net.linear(normal_2, size.width, size.inner, name + "/up", false)}, name + "/product");
    x = net.node("Add", {middle, net.linear(product, size.inner, size.width, name + "/down", false)},
                 name + "/add_2");
  }
  return net.model.output(net.rms_norm(x, size.width, "norm")).bytes(17);
}

/// A chain of convolutions and activations of so many nodes, with a skip over every pair.
inline std::string chain(std::int64_t nodes) {
  Model model;
  model.input("x", {1, 16, 32, 32}).weight("w", {16, 16, 3, 3});
  std::string last = "x";
  for (std::int64_t i = 0; i + 2 < nodes; i += 3) {
    const std::string name = "n" + std::to_string(i);
    model.weight(name + ".w", {16, 16, 3, 3});
    model.node("Conv", {last, name + ".w"}, {name + "/conv"}, {integers("pads", {1, 1, 1, 1})});
    model.node("Relu", {name + "/conv"}, {name + "/relu"});
    model.node("Add", {name + "/relu", last}, {name + "/add"});
    last = name + "/add";
  }
  return model.output(last).bytes();
}

}  // namespace inlay::onnx_writer
