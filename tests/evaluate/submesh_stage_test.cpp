// A stage on a submesh against an evaluator that is written anew from docs/model.md, element by element, and
// against closed forms.
#include <gtest/gtest.h>

#include <cmath>

#include "evaluate/flow_by_flow.hpp"
#include "inlay/base/error.hpp"
#include "inlay/evaluate/reference.hpp"
#include "inlay/evaluate/sharded_stage.hpp"
#include "support/submesh_problems.hpp"

namespace inlay {
namespace {

using schedule::AxisLayout;
using schedule::Grid;
using schedule::Layout;
using schedule::Sharding;
using testing::Members;
using testing::Owners;
using testing::Sizes;
using workload::LoopDimension;

/// A whole model in one stage on one submesh: products with weights and element-wise layers on [rows,
/// features].
class SecondEvaluator {
 public:
  SecondEvaluator(const schedule::Problem& problem, const schedule::Pipeline& pipeline)
      : problem_(problem),
        package_(problem.package),
        model_(problem.scenario.models[0].model),
        samples_(pipeline.mini_batch),
        stage_(pipeline.stages[0]),
        grid_{stage_.submesh.rows, stage_.submesh.columns},
        sizes_{samples_, model_.tensors[0].dimensions[0], model_.tensors[0].dimensions[1]},
        lies_(model_.tensors.size()),
        member_bytes_(model_.tensors.size(), 0),
        all_bytes_(model_.tensors.size(), 0) {
    n_ = (problem.scenario.models[0].batch + samples_ - 1) / samples_;
    for (const int chiplet : stage_.submesh.chiplets) {
      types_.push_back(package_.chiplets[static_cast<std::size_t>(chiplet)].type);
      mean_l2_ += type(types_.size() - 1).energy.l2_access / grid_.members();
      l2_ = std::min(l2_, type(types_.size() - 1).l2_bytes);
    }
  }

  /// False if a member cannot run its share or the stage does not fit.
  bool run() {
    for (std::size_t layer = 0; layer < model_.layers.size(); ++layer) {
      run_layer(layer);
    }
    if (!mappable_ || !fit()) {
      return false;
    }
    finish();
    return true;
  }

  double latency = 0.0;
  double energy = 0.0;
  std::int64_t bytes = 0;
  bool streamed = false;
  int spilled = 0;
  double exchange = 0.0;

 private:
  const hardware::ChipletType& type(std::size_t member) const {
    return package_.types[static_cast<std::size_t>(types_[member])];
  }

  std::int64_t extent(LoopDimension by) const {
    return by == LoopDimension::kSamples ? sizes_[0] : by == LoopDimension::kRows ? sizes_[1] : sizes_[2];
  }

  /// Axis of [samples, rows, features] that a letter cuts in an operand or in a result.
  static int axis_of(LoopDimension by, bool product, bool operand) {
    switch (by) {
      case LoopDimension::kSamples:
        return 0;
      case LoopDimension::kRows:
        return 1;
      case LoopDimension::kOutputs:
        return product && operand ? -1 : 2;
      case LoopDimension::kReduction:
        return operand ? 2 : -1;
      default:
        return -1;
    }
  }

  /// How many values of a loop a member has.
  std::int64_t values(const Sharding& sharding, LoopDimension by, std::size_t member) const {
    std::int64_t count = 0;
    for (std::int64_t value = 0; value < extent(by); ++value) {
      count += testing::having(grid_, sharding.rows.by == by, sharding.columns.by == by, value, extent(by)) >>
                   member &
               1U;
    }
    return count;
  }

  void take(std::size_t tensor, const Owners& owners) {
    std::int64_t all = 0;
    std::int64_t most = 0;
    for (int member = 0; member < grid_.members(); ++member) {
      const auto here = std::count_if(owners.begin(), owners.end(), [member](Members members) {
        return (members >> static_cast<unsigned>(member) & 1U) != 0;
      });
      all += here;
      most = std::max<std::int64_t>(most, here);
    }
    member_bytes_[tensor] = std::max(member_bytes_[tensor], most);
    all_bytes_[tensor] = std::max(all_bytes_[tensor], all);
  }

  void move(const Owners& held, const Owners& needed, std::int64_t bytes_each) {
    testing::FlowByFlow flows(grid_);
    for (std::size_t i = 0; i < held.size(); ++i) {
      flows.add(held[i], needed[i]);
    }
    const evaluate::Exchange moved =
        flows.result(package_.network.scope == hardware::BandwidthScope::kPerChiplet);
    if (moved.received == 0) {
      return;
    }
    exchange += static_cast<double>(moved.load * bytes_each) / package_.network.bandwidth +
                moved.longest * package_.network.hop_latency;
    joules_ += 8.0 * static_cast<double>(moved.hops * bytes_each) * package_.network.energy_per_bit +
               2.0 * static_cast<double>(moved.received * bytes_each) * mean_l2_;
  }

  Owners owners(int rows_axis, int columns_axis) const {
    return testing::owners(grid_, {AxisLayout{rows_axis, 1}, AxisLayout{columns_axis, 1}}, sizes_);
  }

  void bring(const Sharding& sharding, bool product, Members working, std::size_t tensor) {
    const int rows = axis_of(sharding.rows.by, product, true);
    const int columns = axis_of(sharding.columns.by, product, true);
    Owners& held = lies_[tensor];
    const bool arrives = held.empty();
    if (arrives) {  // cut along the longest axis where the layer wants it whole
      const int longest = static_cast<int>(std::max_element(sizes_.begin(), sizes_.end()) - sizes_.begin());
      held = owners(rows < 0 ? longest : rows, columns < 0 ? longest : columns);
    }
    const Owners after = owners(rows, columns);
    Owners needed = after;
    bool lacking = false;
    bool there = true;
    for (std::size_t i = 0; i < needed.size(); ++i) {
      needed[i] &= working;
      lacking = lacking || (needed[i] & ~held[i]) != 0;
      there = there && (after[i] & ~(held[i] | needed[i])) == 0;
    }
    move(held, needed, 1);
    if (arrives || lacking) {
      take(tensor, after);
      held = there ? after : held;
      take(tensor, held);
    }
  }

  void run_layer(std::size_t index) {
    const workload::Layer& layer = model_.layers[index];
    const Sharding& sharding = stage_.shardings[index];
    const bool product = layer.op == "gemm";
    Members working = 0;
    for (std::size_t member = 0; member < types_.size(); ++member) {
      bool works = true;
      for (const LoopDimension by : {sharding.rows.by, sharding.columns.by}) {
        works = works && (by == LoopDimension::kNone || values(sharding, by, member) > 0);
      }
      working |= static_cast<Members>(works) << member;
    }
    const double before = compute_ + exchange;
    for (const int input : layer.inputs) {
      bring(sharding, product, working, static_cast<std::size_t>(input));
    }
    compute_layer(layer, sharding, product, working);
    const auto result = static_cast<std::size_t>(layer.outputs[0]);
    const auto axis = [&](const schedule::AxisSharding& one) {
      return axis_of(one.by == LoopDimension::kReduction ? one.sums : one.by, product, false);
    };
    lies_[result] = owners(axis(sharding.rows), axis(sharding.columns));
    take(result, lies_[result]);
    if (sharding.rows.by == LoopDimension::kReduction || sharding.columns.by == LoopDimension::kReduction) {
      const Owners partial =
          owners(axis_of(sharding.rows.by, product, false), axis_of(sharding.columns.by, product, false));
      move(lies_[result], partial, layer.precision.accumulator / 8);
    }
    works_.push_back(compute_ + exchange - before);
  }

  void compute_layer(const workload::Layer& layer, const Sharding& sharding, bool product, Members working) {
    double slowest = 0.0;
    std::int64_t tile = 0;
    std::int64_t most_weights = 0;
    std::int64_t forwarded = 0;
    std::set<std::pair<std::int64_t, std::int64_t>> read;  // first output and first input of the weights
    for (std::size_t member = 0; member < types_.size(); ++member) {
      if ((working >> member & 1U) == 0) {
        continue;
      }
      const std::int64_t n = values(sharding, LoopDimension::kSamples, member);
      const std::int64_t m = values(sharding, LoopDimension::kRows, member);
      const std::int64_t k = values(sharding, LoopDimension::kOutputs, member);
      const std::int64_t c = values(sharding, LoopDimension::kReduction, member);
      workload::Layer share = layer;
      if (product) {
        share.shape = workload::GemmShape{m, k, c, 1, true};
      } else {
        const std::int64_t each =
            std::get<workload::VectorShape>(layer.shape).operations / (sizes_[1] * sizes_[2]);
        share.shape = workload::VectorShape{each * m * k, 0, 0};
      }
      const cost::LayerCost cost = testing::made_up_cost(share, n, types_[member], false);
      mappable_ = mappable_ && cost.mappable;
      slowest = std::max(slowest, static_cast<double>(cost.cycles) / type(member).clock);
      joules_ += cost.energy.total();
      tile = std::max(tile, cost.tile_bytes);
      if (product) {
        most_weights = std::max(most_weights, k * c);
        const bool again = !read.emplace(first_of(sharding, LoopDimension::kOutputs, member),
                                         first_of(sharding, LoopDimension::kReduction, member))
                                .second;
        if (again && package_.network.multicast) {
          weights_sent_ += k * c;
          forwarded = std::max(forwarded, k * c);
        } else {
          weights_read_ += k * c;
        }
      }
    }
    compute_ += slowest;
    layer_weights_.push_back(most_weights);
    tiles_.push_back(tile);
    weights_ += most_weights;
    forwarded_ += forwarded;
  }

  std::int64_t first_of(const Sharding& sharding, LoopDimension by, std::size_t member) const {
    std::int64_t value = 0;
    while ((testing::having(grid_, sharding.rows.by == by, sharding.columns.by == by, value, extent(by)) >>
                member &
            1U) == 0) {
      ++value;
    }
    return value;
  }

  bool fit() {
    std::set<std::size_t> out;
    for (;;) {
      std::int64_t worst = -1;
      int at = 0;
      for (int layer = 0; layer < static_cast<int>(tiles_.size()); ++layer) {
        std::int64_t need = tiles_[static_cast<std::size_t>(layer)] + (streamed ? 0 : weights_);
        for (std::size_t tensor = 0; tensor < lies_.size(); ++tensor) {
          need += out.count(tensor) == 0 && live(tensor, layer) ? member_bytes_[tensor] : 0;
        }
        if (need > worst) {
          worst = need;
          at = layer;
        }
      }
      if (worst <= l2_) {
        room_ = l2_ - worst;
        return true;
      }
      if (!streamed && weights_ > 0) {
        streamed = true;
        continue;
      }
      std::size_t largest = lies_.size();
      for (std::size_t tensor = 0; tensor < lies_.size(); ++tensor) {
        const bool better = largest == lies_.size() || member_bytes_[tensor] > member_bytes_[largest];
        if (out.count(tensor) == 0 && live(tensor, at) && better) {
          largest = tensor;
        }
      }
      if (largest == lies_.size()) {
        return false;
      }
      out.insert(largest);
      ++spilled;
      spill_read_ += all_bytes_[largest];
      const std::int64_t written = model_.tensors[largest].is_output ? 0 : all_bytes_[largest];
      spill_write_ += written;
      const bool next = model_.tensors[largest].users.back() == model_.tensors[largest].producer + 1;
      awaited_ += next ? written + all_bytes_[largest] : 0;
    }
  }

  bool live(std::size_t tensor, int layer) const {
    const workload::Tensor& one = model_.tensors[tensor];
    return one.producer >= 0 && one.producer <= layer && !one.users.empty() && one.users.back() >= layer;
  }

  double memory_time(std::int64_t moved) const {
    if (moved == 0) {
      return 0.0;
    }
    const double part = static_cast<double>(moved) / grid_.members();
    double slowest = static_cast<double>(moved) / hardware::total_memory_bandwidth(package_);
    std::map<int, double> through;
    int farthest = 0;
    for (const int chiplet : stage_.submesh.chiplets) {
      const int hops = package_.memory_hops[static_cast<std::size_t>(chiplet)];
      farthest = std::max(farthest, hops);
      through[package_.interface_of[static_cast<std::size_t>(chiplet)]] += part;
      slowest = std::max(slowest, hops > 0 ? part / package_.network.bandwidth : 0.0);
    }
    for (const auto& [interface, load] : through) {
      slowest = std::max(slowest, load / hardware::interface_bandwidth(package_));
    }
    return slowest + farthest * package_.network.hop_latency + package_.memory.latency;
  }

  double memory_latency() const {
    int farthest = 0;
    for (const int chiplet : stage_.submesh.chiplets) {
      farthest = std::max(farthest, package_.memory_hops[static_cast<std::size_t>(chiplet)]);
    }
    return farthest * package_.network.hop_latency + package_.memory.latency;
  }

  /// Seconds of the first two mini-batches when weights flow in at an even rate: from event to event, where
  /// an event is the end of a layer or the loads being no longer ahead of it.
  std::pair<double, double> hidden(double loading) const {
    const double supply = static_cast<double>(weights_) / loading;
    double ahead = 0.0;
    double taken[2] = {0.0, 0.0};
    for (double& seconds : taken) {
      for (std::size_t layer = 0; layer < works_.size(); ++layer) {
        double left = static_cast<double>(layer_weights_[layer]);
        double work = works_[layer];
        const double appetite = work > 0.0 ? left / work : 0.0;
        if (appetite > supply || work == 0.0) {
          const double full_speed = work == 0.0 ? 0.0 : std::min(work, ahead / (appetite - supply));
          const double eaten = work == 0.0 ? std::min(left, ahead) : full_speed * appetite;
          seconds += full_speed;
          ahead = std::max(0.0, work == 0.0 ? ahead - eaten : ahead - full_speed * (appetite - supply));
          left -= eaten;
          work -= full_speed;
          seconds += std::max(work, left / supply);
        } else {
          seconds += work;
          ahead = std::min(ahead + work * (supply - appetite),
                           streamed ? static_cast<double>(room_) : std::numeric_limits<double>::infinity());
        }
      }
    }
    return {taken[0], taken[1]};
  }

  double weight_time() const {
    if (package_.memory.weight_loads == hardware::WeightLoads::kUntimed) {
      return 0.0;
    }
    const std::int64_t all =
        package_.network.multicast ? weights_read_ : std::max(weights_read_, weights_ * grid_.members());
    const double forward = forwarded_ == 0
                               ? 0.0
                               : static_cast<double>(forwarded_) / package_.network.bandwidth +
                                     (grid_.rows - 1 + grid_.columns - 1) * package_.network.hop_latency;
    return std::max(memory_time(all), forward);
  }

  void finish() {
    std::int64_t in = 0;
    std::int64_t out = 0;
    for (const workload::Tensor& tensor : model_.tensors) {
      in += tensor.producer < 0 && !tensor.users.empty() ? samples_ * tensor.bytes : 0;
      out += tensor.producer >= 0 && tensor.is_output ? samples_ * tensor.bytes : 0;
    }
    const double loading = weight_time();
    const double move = memory_time(in) + memory_time(out) + memory_time(spill_write_) +
                        memory_time(spill_read_) + (streamed ? loading : 0.0);
    const double work = compute_ + exchange;
    const bool serial = problem_.overlap == hardware::Overlap::kSerial;
    double first = work + move + (streamed ? 0.0 : loading);
    const double awaited = awaited_ == 0 ? 0.0 : memory_time(awaited_) - memory_latency();
    double steady = serial ? work + move : std::max(work + awaited, move);
    if (!serial && loading > 0.0) {
      const auto [one, two] = hidden(loading - memory_latency());
      first = memory_time(in) + memory_time(out) + memory_time(spill_write_) + memory_time(spill_read_) +
              memory_latency() + one;
      steady = streamed ? std::max(two + awaited, move) : steady;
    }
    const std::int64_t each = in + out + spill_write_ + spill_read_;
    const std::int64_t loads = streamed ? n_ : 1;
    bytes = n_ * each + loads * weights_read_;
    latency = first + static_cast<double>(n_ - 1) * steady;
    if (problem_.communication != schedule::Communication::kPaper) {
      latency = std::max(latency, static_cast<double>(bytes) / hardware::total_memory_bandwidth(package_));
    }
    double hops = 0.0;
    for (const int chiplet : stage_.submesh.chiplets) {
      hops += package_.memory_hops[static_cast<std::size_t>(chiplet)] / static_cast<double>(grid_.members());
    }
    const double per_byte =
        mean_l2_ + 8.0 * (hops * package_.network.energy_per_bit + package_.memory.energy_per_bit);
    energy = static_cast<double>(n_) * joules_ + static_cast<double>(bytes) * per_byte +
             static_cast<double>(loads * weights_sent_) *
                 (2.0 * mean_l2_ + 8.0 * package_.network.energy_per_bit) +
             package_.static_power * latency;
  }

  const schedule::Problem& problem_;
  const hardware::Package& package_;
  const workload::Model& model_;
  std::int64_t samples_;
  const schedule::Stage& stage_;
  Grid grid_;
  Sizes sizes_;               // samples, rows, features
  std::vector<Owners> lies_;  // [tensor]; empty: not yet seen
  std::vector<std::int64_t> member_bytes_;
  std::vector<std::int64_t> all_bytes_;
  std::vector<int> types_;  // [member]
  std::vector<std::int64_t> tiles_;
  bool mappable_ = true;
  std::int64_t n_ = 1;
  double mean_l2_ = 0.0;
  std::int64_t l2_ = std::numeric_limits<std::int64_t>::max();
  double joules_ = 0.0;  // of layers and exchanges of a mini-batch
  double compute_ = 0.0;
  std::int64_t weights_ = 0;
  std::int64_t room_ = 0;
  std::vector<double> works_;                // [layer] s of computing and exchanges
  std::vector<std::int64_t> layer_weights_;  // [layer] of the member that holds most
  std::int64_t weights_read_ = 0;
  std::int64_t weights_sent_ = 0;
  std::int64_t forwarded_ = 0;
  std::int64_t spill_read_ = 0;
  std::int64_t spill_write_ = 0;
  std::int64_t awaited_ = 0;  // of both, between a layer and the next one
};

TEST(SubmeshStage, EqualsASecondEvaluator) {
  base::Random random(31);
  int equal = 0;
  int infeasible = 0;
  int streamed = 0;
  int spilled = 0;
  for (int trial = 0; trial < 2'000 && !::testing::Test::HasFailure(); ++trial) {
    testing::SubmeshLimits limits{3, 3, 1, 5, 5, false};
    schedule::Problem problem = testing::random_submesh_problem(random, limits);
    problem.repeated = false;
    for (hardware::ChipletType& type : problem.package.types) {
      type.l2_bytes = trial % 4 == 0 ? random.between(5, 40) : type.l2_bytes;
    }
    const std::vector<hardware::Submesh> all =
        hardware::submeshes(problem.package, static_cast<int>(problem.package.chiplets.size()));
    const hardware::Submesh& submesh = all[static_cast<std::size_t>(
        random.between(static_cast<int>(problem.package.chiplets.size()), static_cast<int>(all.size()) - 1))];
    const workload::Model& model = problem.scenario.models[0].model;
    const auto& sizes = problem.costs.models[0].mini_batches;
    schedule::Pipeline pipeline{
        0, sizes[static_cast<std::size_t>(random.between(0, static_cast<int>(sizes.size()) - 1))], {}};
    schedule::Stage stage{0, static_cast<int>(model.layers.size()), submesh};
    for (int layer = 0; layer < stage.last; ++layer) {
      const auto ways = schedule::shardings_on(workload::divisions(model, layer),
                                               {submesh.rows, submesh.columns}, pipeline.mini_batch);
      stage.shardings.push_back(
          ways[static_cast<std::size_t>(random.between(0, static_cast<int>(ways.size()) - 1))]);
    }
    pipeline.stages = {stage};
    SecondEvaluator second(problem, pipeline);
    const bool fits = second.run();
    SCOPED_TRACE(trial);
    try {
      const evaluate::ScheduleCost cost = evaluate::evaluate_reference(problem, {{{{pipeline}}}, true});
      ASSERT_TRUE(fits);
      EXPECT_NEAR(cost.latency, second.latency, 1e-9 * cost.latency);
      EXPECT_NEAR(cost.energy.total(), second.energy, 1e-9 * cost.energy.total());
      EXPECT_EQ(cost.memory_bytes, second.bytes);
      const evaluate::StageCost& one = cost.windows[0].pipelines[0].stages[0];
      EXPECT_NEAR(one.exchange, second.exchange, 1e-9 * second.exchange);
      EXPECT_EQ(one.streamed, second.streamed);
      EXPECT_EQ(static_cast<int>(one.spilled.size()), second.spilled);
      ++equal;
      streamed += one.streamed ? 1 : 0;
      spilled += one.spilled.empty() ? 0 : 1;
    } catch (const base::InfeasibleError&) {
      EXPECT_FALSE(fits);
      ++infeasible;
    }
  }
  EXPECT_GT(equal, 1'000);
  EXPECT_GT(infeasible, 10);
  EXPECT_GT(streamed, 50);
  EXPECT_GT(spilled, 50);
}

/// On a line every member of an all-gather passes on what it gets: all but its own part crosses the last
/// link.
TEST(SubmeshStage, AllGatherOnALineTakesAllButOnePart) {
  for (int members = 2; members <= 8; ++members) {
    const std::int64_t part = 12;
    const Grid grid{1, members};
    const evaluate::GridRoutes routes(grid);
    std::vector<workload::Box> held;
    std::vector<workload::Box> needed;
    for (int member = 0; member < members; ++member) {
      workload::Box box;
      box.fill({0, 1});
      box[1] = {0, part * members};
      needed.push_back(box);
      box[1] = {part * member, part * (member + 1)};
      held.push_back(box);
    }
    const evaluate::Exchange gather = evaluate::exchange(routes, held, needed, false);
    EXPECT_EQ(gather.load, part * (members - 1));
    EXPECT_EQ(gather.longest, members - 1);
    EXPECT_EQ(gather.received, part * (members - 1) * members);
    schedule::Problem problem = testing::worked_example();
    problem.package.network = {100e9, hardware::BandwidthScope::kPerLink, 35e-9, 2e-12};
    const evaluate::ExchangePrices prices(problem,
                                          {grid, std::vector<int>(static_cast<std::size_t>(members), 0)});
    const double whole = static_cast<double>(part * members);
    EXPECT_NEAR(prices.price(gather, 8).seconds,
                (members - 1.0) / members * whole / 100e9 + (members - 1) * 35e-9, 1e-18);
  }
}

/// K, then C: the first product's columns are the second one's reduction, so that only its sums move.
TEST(SubmeshStage, ColumnsThenReductionExchangeOnlySums) {
  base::Random random(5);
  schedule::Problem problem = testing::random_submesh_problem(random, {1, 2, 1, 2, 1, false});
  problem.repeated = false;
  workload::Model model;
  model.name = "two";
  for (int i = 0; i < 3; ++i) {
    model.tensors.push_back({"t" + std::to_string(i), {6, 8}, 8, 48, i - 1, {}, i == 2});
  }
  for (int i = 0; i < 2; ++i) {
    workload::Layer layer;
    layer.name = "product" + std::to_string(i);
    layer.op = "gemm";
    layer.shape = workload::GemmShape{6, 8, 8, 1, true};
    layer.inputs = {i};
    layer.outputs = {i + 1};
    layer.weight_bytes = layer.parameters = 64;
    model.tensors[static_cast<std::size_t>(i)].users = {i};
    model.layers.push_back(layer);
  }
  for (hardware::ChipletType& type : problem.package.types) {
    type.l2_bytes = 10'000;
  }
  problem.scenario.models = {{"two", model, 1}};
  problem.costs.models = {
      testing::made_up_costs(model, 1, static_cast<int>(problem.package.types.size()), false)};
  testing::add_made_up_shares(problem, false);
  const schedule::AxisSharding columns{LoopDimension::kOutputs, LoopDimension::kNone};
  const schedule::AxisSharding reduction{LoopDimension::kReduction, LoopDimension::kRows};
  const schedule::Pipeline pipeline{0, 1, {{0, 2, {1, 2, {0, 1}}, {{{}, columns}, {{}, reduction}}}}};
  const evaluate::StageCost stage = evaluate::evaluate_stage(problem, pipeline, 0);
  // The input is gathered: 24 of 48 bytes to each member. Of the sums each member sends half to the other
  // one.
  const double bandwidth = problem.package.network.bandwidth;
  const double hop = problem.package.network.hop_latency;
  EXPECT_EQ(stage.traffic.exchanged, 2 * 24 + 2 * 24);
  EXPECT_NEAR(stage.exchange, 2 * (24 / bandwidth + hop), 1e-18);
  EXPECT_EQ(stage.traffic.weights, 128);
}

}  // namespace
}  // namespace inlay
