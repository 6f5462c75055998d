#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <bitset>
#include <cstdlib>
#include <map>
#include <set>

#include "evaluate/flow_by_flow.hpp"
#include "evaluate/layer_walk.hpp"
#include "evaluate/vector_walk.hpp"
#include "inlay/evaluate/coverage.hpp"
#include "inlay/evaluate/sharded_stage.hpp"
#include "inlay/schedule/shares.hpp"

// Divisions of layers and exchanges of tensors against a simulation that goes through products, elements and
// flows one by one.

namespace inlay {
namespace {

using schedule::AxisLayout;
using schedule::AxisSharding;
using schedule::Grid;
using schedule::Layout;
using schedule::Sharding;
using testing::loop;
using testing::Product;
using testing::Sizes;
using testing::WalkedLayer;
using workload::Box;
using workload::Division;
using workload::LoopDimension;

using testing::FlowByFlow;
using testing::having;
using testing::Members;
using testing::nearest;
using testing::Owners;
using testing::owners;
using testing::with_batch;

/// One layer, submesh, mini-batch and sharding.
class Trial {
 public:
  Trial(base::Random& random, WalkedLayer layer) : random_(random), walked_(std::move(layer)) {
    divisions_ = workload::divisions(walked_.model, 0);
    do {
      grid_ = {static_cast<int>(random.between(1, 3)), static_cast<int>(random.between(1, 3))};
    } while (grid_.members() == 1);
    mini_batch_ = random.between(1, 5);
    sharding_ = {random_axis(), random_axis()};
    std::string why;
    resolved_ = schedule::resolve(walked_.model, 0, divisions_, sharding_, why);
    EXPECT_EQ(why, "");
  }

  std::string describe() const {
    std::string text = walked_.layer().op + " " + schedule::to_string(sharding_) + " on " +
                       std::to_string(grid_.rows) + "x" + std::to_string(grid_.columns) + ", batch " +
                       std::to_string(mini_batch_) + ",";
    for (const workload::Tensor& tensor : walked_.model.tensors) {
      text += " [";
      for (const std::int64_t size : tensor.dimensions) {
        text += std::to_string(size) + " ";
      }
      text += "]";
    }
    return text;
  }

  void run() {
    SCOPED_TRACE(describe());
    check_extents();
    if (::testing::Test::HasFailure()) {
      return;
    }
    do_all_products();
    check_shares();
    check_operands();
    check_outputs();
  }

  bool idle() const { return idle_; }

 private:
  AxisSharding random_axis() {
    const auto any = [&] {
      return divisions_[static_cast<std::size_t>(random_.between(0, static_cast<int>(divisions_.size()) - 1))]
          .by;
    };
    AxisSharding axis{any(), LoopDimension::kNone};
    if (axis.by != LoopDimension::kReduction) {
      return axis;
    }
    do {
      axis.sums = any();
    } while (axis.sums != LoopDimension::kSamples && axis.sums != LoopDimension::kRows &&
             axis.sums != LoopDimension::kOutputs);
    return axis;
  }

  /// The loops that a layer offers are as long as those of the walk, or in blocks of them.
  void check_extents() {
    for (const Division& division : divisions_) {
      const std::int64_t mine = walked_.extents[loop(division.by)];
      if (division.by == LoopDimension::kSamples) {
        EXPECT_EQ(division.extent, 0);
      } else if (division.by != LoopDimension::kNone) {
        ASSERT_GT(division.extent, 0);
        ASSERT_EQ(mine % division.extent, 0)
            << workload::to_string(division.by) << ": " << mine << " " << division.extent;
        block_[loop(division.by)] = mine / division.extent;
        extent_[loop(division.by)] = division.extent;
      }
    }
    extent_[loop(LoopDimension::kSamples)] = mini_batch_;
  }

  Members doing(const Product& product) const {
    Members members = having(grid_, false, false, 0, 1);
    for (std::size_t by = 1; by < workload::kLoopDimensions; ++by) {
      const bool rows = loop(sharding_.rows.by) == by;
      const bool columns = loop(sharding_.columns.by) == by;
      if (rows || columns) {
        members &= having(grid_, rows, columns, product.at[by] / block_[by], extent_[by]);
      }
    }
    return members;
  }

  void do_all_products() {
    const workload::Layer& layer = walked_.layer();
    for (const int input : layer.inputs) {
      read_.emplace_back(testing::elements_of(with_batch(walked_.tensor(input), mini_batch_)), 0);
    }
    for (const int output : layer.outputs) {
      made_.emplace_back(testing::elements_of(with_batch(walked_.tensor(output), mini_batch_)), 0);
      terms_.emplace_back(made_.back().size());
    }
    const auto members = static_cast<std::size_t>(grid_.members());
    products_.assign(members, 0);
    existing_.assign(members, 0);
    weights_.resize(members);
    const int copies = (sharding_.rows.by == LoopDimension::kNone ? grid_.rows : 1) *
                       (sharding_.columns.by == LoopDimension::kNone ? grid_.columns : 1);
    walked_.walk(mini_batch_, [&](const Product& product) {
      const Members workers = doing(product);
      ASSERT_EQ(std::popcount(workers), copies);
      for (const testing::Touch& touch : product.reads) {
        read_[touch.operand][static_cast<std::size_t>(touch.element)] |= workers;
      }
      made_[product.output][static_cast<std::size_t>(product.made)] |= workers;
      ++terms_[product.output][static_cast<std::size_t>(product.made)];
      for (std::size_t member = 0; member < members; ++member) {
        if ((workers >> member & 1U) != 0) {
          ++products_[member];
          existing_[member] += product.row_exists ? 1 : 0;
          weights_[member].insert(product.weight);
        }
      }
    });
  }

  /// Input rows that exist of all products of a share.
  static std::int64_t existing_products(const workload::ConvolutionShape& shape) {
    std::int64_t rows = 0;
    for (std::int64_t y = 0; y < shape.out_height; ++y) {
      for (std::int64_t r = 0; r < shape.kernel_height; ++r) {
        const std::int64_t row = y * shape.stride_y + r * shape.dilation_y - shape.padding_y;
        rows += shape.in_height == 0 || (row >= 0 && row < shape.in_height) ? 1 : 0;
      }
    }
    return rows * shape.out_channels * (shape.in_channels / shape.groups) * shape.out_width *
           shape.kernel_width;
  }

  /// Shares do as much as the members did, and load the weights that they used.
  void check_shares() {
    const std::vector<cost::Share> shares =
        schedule::member_shares(walked_.model, 0, divisions_, sharding_, mini_batch_, grid_);
    const std::int64_t all = std::accumulate(products_.begin(), products_.end(), std::int64_t{0}) /
                             std::max<std::int64_t>(1, copies_of_all());
    std::size_t share = 0;
    for (std::size_t member = 0; member < products_.size(); ++member) {
      if (products_[member] == 0) {
        idle_ = true;
        continue;
      }
      ASSERT_LT(share, shares.size());
      const cost::Share& one = shares[share++];
      if (const auto* vector = std::get_if<workload::VectorShape>(&one.layer.shape)) {
        check_vector_share(*vector, one.mini_batch, products_[member], all);
      } else {
        EXPECT_EQ(workload::macs(one.layer.shape) * one.mini_batch, products_[member]);
        if (is_product_of_activations()) {
          EXPECT_EQ(one.layer.weight_bytes, 0);
        } else {
          EXPECT_EQ(one.layer.weight_bytes, static_cast<std::int64_t>(weights_[member].size()));
        }
      }
      if (const auto* convolution = std::get_if<workload::ConvolutionShape>(&one.layer.shape)) {
        EXPECT_EQ(existing_products(*convolution) * one.mini_batch, existing_[member]);
      }
    }
    EXPECT_EQ(share, shares.size());
  }

  bool is_product_of_activations() const {
    const auto* gemm = std::get_if<workload::GemmShape>(&walked_.layer().shape);
    return gemm != nullptr && !gemm->weights;
  }

  std::int64_t copies_of_all() const {
    return (sharding_.rows.by == LoopDimension::kNone ? grid_.rows : 1) *
           (sharding_.columns.by == LoopDimension::kNone ? grid_.columns : 1);
  }

  /// At least its part of the operations, rounded up at most once per sample and divided loop.
  void check_vector_share(const workload::VectorShape& share, std::int64_t samples, std::int64_t mine,
                          std::int64_t all) const {
    const auto& whole = std::get<workload::VectorShape>(walked_.layer().shape);
    const std::int64_t part = whole.operations * mini_batch_ * mine;
    EXPECT_GE(share.operations * samples * all, part);
    EXPECT_LE((share.operations - 2) * samples * all, part);
    EXPECT_GE(share.written_elements * samples * all, whole.written_elements * mini_batch_ * mine);
  }

  /// What members read lies within what they are said to need, and elements come over the links one by one.
  void check_operands() {
    for (std::size_t operand = 0; operand < read_.size(); ++operand) {
      const workload::Tensor& tensor = walked_.tensor(walked_.layer().inputs[operand]);
      const Sizes sizes = with_batch(tensor, mini_batch_);
      const Box whole = workload::whole_box(tensor, mini_batch_);
      const std::vector<Box> boxes =
          evaluate::needs_of(resolved_, divisions_, sharding_, operand, whole, mini_batch_, grid_);
      const Owners needed = owners(boxes, sizes);
      for (std::size_t i = 0; i < needed.size(); ++i) {
        ASSERT_EQ(read_[operand][i] & ~needed[i], 0U) << "operand " << operand << ", element " << i;
      }
      if (walked_.exact && !reads_less(operand)) {
        EXPECT_EQ(needed, read_[operand]) << "operand " << operand;
      }
      const Layout layout = random_layout(static_cast<int>(sizes.size()));
      check_exchange(owners(grid_, layout, sizes), needed, evaluate::boxes_of(layout, whole, grid_), boxes);
      check_possession(operand, layout, whole, sizes, needed);
    }
  }

  /// A box is said to be needed of which an operator may read less: the operands of operators that join or
  /// choose, tokens of a table, and heads in windows.
  bool reads_less(std::size_t operand) const {
    static const std::set<std::string> kJoins = {"concat",    "select",  "learned-tokens",
                                                 "embedding", "reshape", "permute"};
    if (kJoins.count(walked_.layer().op) > 0) {
      return true;
    }
    return walked_.layer().op == "matrix-product" && operand > 0;
  }

  Layout random_layout(int axes) {
    const auto axis = [&] {
      return random_.between(0, 2) == 0
                 ? AxisLayout{}
                 : AxisLayout{static_cast<int>(random_.between(0, axes - 1)), random_.between(1, 3)};
    };
    Layout layout;
    layout.rows = axis();
    layout.columns = axis();
    return layout;
  }

  void check_exchange(const Owners& held, const Owners& needed, const std::vector<Box>& held_boxes,
                      const std::vector<Box>& needed_boxes) {
    FlowByFlow flows(grid_);
    std::int64_t lacking = 0;
    for (std::size_t i = 0; i < held.size(); ++i) {
      ASSERT_NE(held[i], 0U) << "nobody holds element " << i;
      flows.add(held[i], needed[i]);
      lacking += std::popcount(needed[i] & ~held[i]);
    }
    const evaluate::GridRoutes routes(grid_);
    for (const bool per_chiplet : {false, true}) {
      const evaluate::Exchange got = evaluate::exchange(routes, held_boxes, needed_boxes, per_chiplet);
      const evaluate::Exchange expected = flows.result(per_chiplet);
      EXPECT_EQ(got.received, lacking);
      EXPECT_EQ(got.received, expected.received);
      EXPECT_EQ(got.load, expected.load);
      EXPECT_EQ(got.hops, expected.hops);
      EXPECT_EQ(got.longest, expected.longest);
    }
  }

  /// Whether a tensor lies as its use would leave it: everything has been there before or was brought.
  void check_possession(std::size_t operand, const Layout& before, const Box& whole, const Sizes& sizes,
                        const Owners& needed);

  /// Who is said to hold an output has made it, or gets every partial sum of it once.
  void check_outputs() {
    for (std::size_t i = 0; i < made_.size(); ++i) {
      const workload::Tensor& tensor = walked_.tensor(walked_.layer().outputs[i]);
      const Sizes sizes = with_batch(tensor, mini_batch_);
      const Owners held = owners(grid_, resolved_.outputs[i], sizes);
      const Box whole = workload::whole_box(tensor, mini_batch_);
      EXPECT_EQ(owners(evaluate::boxes_of(resolved_.outputs[i], whole, grid_), sizes), held);
      if (resolved_.partial.empty()) {
        EXPECT_EQ(made_[i], held);
        continue;
      }
      const std::vector<Box> partial = evaluate::boxes_of(resolved_.partial[i], whole, grid_);
      const Owners parts = owners(partial, sizes);
      for (std::size_t element = 0; element < parts.size(); ++element) {
        ASSERT_EQ(made_[i][element] & ~parts[element], 0U);
      }
      check_exchange(held, parts, evaluate::boxes_of(resolved_.outputs[i], whole, grid_), partial);
      check_sums(i, held);
    }
  }

  /// Each holder of an element is sent every term of its sum exactly once.
  void check_sums(std::size_t output, const Owners& held) {
    std::map<std::pair<std::int64_t, int>, std::int64_t> arrived;  // [element, holder] terms
    walked_.walk(mini_batch_, [&](const Product& product) {
      if (product.output != output) {
        return;
      }
      const Members workers = doing(product);
      for (int member = 0; member < grid_.members(); ++member) {
        if ((workers >> static_cast<unsigned>(member) & 1U) != 0) {
          ++arrived[{product.made, nearest(grid_, held[static_cast<std::size_t>(product.made)], member)}];
        }
      }
    });
    for (std::size_t element = 0; element < held.size(); ++element) {
      for (int member = 0; member < grid_.members(); ++member) {
        if ((held[element] >> static_cast<unsigned>(member) & 1U) != 0) {
          EXPECT_EQ((arrived[{static_cast<std::int64_t>(element), member}]), terms_[output][element])
              << "element " << element << ", member " << member;
        }
      }
    }
  }

  base::Random& random_;
  WalkedLayer walked_;
  std::vector<Division> divisions_;
  Grid grid_;
  std::int64_t mini_batch_ = 1;
  Sharding sharding_;
  schedule::ShardedLayer resolved_;
  std::array<std::int64_t, workload::kLoopDimensions> block_{1, 1, 1, 1, 1, 1};
  std::array<std::int64_t, workload::kLoopDimensions> extent_{1, 1, 1, 1, 1, 1};
  std::vector<Owners> read_;                      // [operand]
  std::vector<Owners> made_;                      // [output] who has done some product of an element
  std::vector<std::vector<std::int64_t>> terms_;  // [output] products of an element
  std::vector<std::int64_t> products_;            // [member]
  std::vector<std::int64_t> existing_;            // [member] that do not read padding rows
  std::vector<std::set<std::int64_t>> weights_;   // [member] numbers of the weights that it used
  bool idle_ = false;
};

void Trial::check_possession(std::size_t operand, const Layout& before, const Box& whole, const Sizes& sizes,
                             const Owners& needed) {
  const Layout after = evaluate::layout_after_use(divisions_, sharding_, operand);
  const Layout arrival = evaluate::arrival_layout(divisions_, sharding_, operand, whole);
  const Owners claimed = owners(grid_, after, sizes);
  const std::vector<Box> needs =
      evaluate::needs_of(resolved_, divisions_, sharding_, operand, whole, mini_batch_, grid_);
  for (const Layout& from : {before, arrival}) {
    const Owners held = owners(grid_, from, sizes);
    bool there = true;
    for (std::size_t i = 0; i < held.size(); ++i) {
      there = there && (claimed[i] & ~(held[i] | needed[i])) == 0U;
    }
    EXPECT_EQ(evaluate::covered(evaluate::boxes_of(after, whole, grid_),
                                evaluate::boxes_of(from, whole, grid_), needs),
              there)
        << "operand " << operand;
  }
}

template <typename Make>
void run_trials(std::uint64_t seed, int trials, Make make) {
  base::Random random(seed);
  int idle = 0;
  for (int i = 0; i < trials && !::testing::Test::HasFailure(); ++i) {
    Trial trial(random, make(random));
    trial.run();
    idle += trial.idle() ? 1 : 0;
  }
  EXPECT_GT(idle, trials / 50) << "members without work must be among the trials";
}

TEST(DivisionsWitness, Convolutions) {
  run_trials(1, 1500, testing::random_convolution);
}

TEST(DivisionsWitness, ProductsWithWeights) {
  run_trials(2, 1200, testing::random_product_with_weights);
}

TEST(DivisionsWitness, ProductsOfActivations) {
  run_trials(3, 1000, testing::random_product_of_activations);
}

TEST(DivisionsWitness, OperatorsWithoutMacs) {
  run_trials(4, 1300, testing::random_vector_layer);
}

}  // namespace
}  // namespace inlay
