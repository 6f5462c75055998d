// Constraints: how they are read, and which schedules break them.
#include "inlay/schedule/constraints.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>

#include "inlay/base/error.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/schedule/constraint_request.hpp"
#include "support/documents.hpp"

namespace inlay::schedule {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// The worked example's model twice.
Problem two_models() {
  Problem problem = inlay::testing::worked_example();
  problem.scenario.models.push_back(problem.scenario.models.front());
  problem.scenario.models.back().name = "second";
  problem.costs.models.push_back(problem.costs.models.front());
  return problem;
}

Constraints read(const std::string& yaml) {
  Problem problem = two_models();
  add_constraints(yaml, "c.yaml", problem);
  return problem.constraints;
}

Constraints asked(const std::function<void(ConstraintRequest&)>& ask) {
  Problem problem = two_models();
  ConstraintRequest request;
  ask(request);
  add_constraints(request, problem);
  return problem.constraints;
}

template <typename Read>
std::string complaint(Read read) {
  try {
    read();
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "none";
}

std::string complaint_of(const std::string& yaml) {
  return complaint([&] { read(yaml); });
}

TEST(ConstraintFile, EveryKindIsRead) {
  const Constraints constraints = read(
      "pin:\n"
      "  - {model: chain, chiplets: [c1, c0]}\n"
      "  - {model: second, layers: [layer2, 2], chiplets: c1}\n"
      "  - {model: second, layers: layer1, chiplets: [c0]}\n"
      "forbid:\n"
      "  - {chiplets: [c0]}\n"
      "  - {model: second, chiplets: [c1]}\n"
      "mini_batch: {chain: 2}\n"
      "cap: {second: 1}\n"
      "latency_limit: {chain: 10 ms, second: 2 us}\n"
      "after: {second: [chain]}\n");
  EXPECT_THAT(constraints.pins, ElementsAre(Pin{0, 0, 3, {0, 1}}, Pin{1, 1, 3, {1}}, Pin{1, 0, 1, {0}}));
  EXPECT_THAT(constraints.bans, ElementsAre(Ban{-1, {0}}, Ban{1, {1}}));
  EXPECT_THAT(constraints.mini_batches, ElementsAre(FixedMiniBatch{0, 2}));
  EXPECT_THAT(constraints.caps, ElementsAre(ChipletCap{1, 1}));
  EXPECT_THAT(constraints.latency_limits, ElementsAre(LatencyLimit{0, 10e-3}, LatencyLimit{1, 2e-6}));
  EXPECT_THAT(constraints.dependencies, ElementsAre(Dependency{1, 0}));
}

TEST(ConstraintFile, WrongOnesAreRefusedWithTheirPlace) {
  EXPECT_THAT(complaint_of("pins: []"), HasSubstr("c.yaml:1:1: "));
  EXPECT_THAT(complaint_of("pins: []"), HasSubstr("did you mean 'pin'?"));
  EXPECT_THAT(
      complaint_of("pin:\n  - {model: chian, chiplets: c0}"),
      HasSubstr("c.yaml:2:13: pin[0].model: the scenario has no model 'chian'; allowed: chain, second; "
                "did you mean 'chain'?"));
  EXPECT_THAT(complaint_of("pin:\n  - {model: chain, chiplets: [c0, c7]}"),
              HasSubstr("the package has no chiplet 'c7'; allowed: c0, c1"));
  EXPECT_THAT(complaint_of("pin:\n  - {model: chain, layers: layer4, chiplets: c0}"),
              HasSubstr("model 'chain' has no layer 'layer4'; did you mean 'layer"));
  EXPECT_THAT(complaint_of("pin:\n  - {model: chain, layers: 3, chiplets: c0}"),
              HasSubstr("has no layer 3: there are 3, counted from 0"));
  EXPECT_THAT(complaint_of("pin:\n  - {model: chain, layers: [2, 1], chiplets: c0}"),
              HasSubstr("the last layer stands before the first"));
  EXPECT_THAT(complaint_of("pin:\n  - {model: chain, layers: [0, 1, 2], chiplets: c0}"),
              HasSubstr("[FIRST, LAST]"));
  EXPECT_THAT(complaint_of("pin:\n  - {model: chain, chiplets: [c0, c0]}"), HasSubstr("named twice"));
  EXPECT_THAT(complaint_of("pin:\n  - {model: chain, chiplets: []}"), HasSubstr("no chiplet is named"));
  EXPECT_THAT(complaint_of("pin:\n  - {model: chain}"), HasSubstr("chiplets"));
  EXPECT_THAT(complaint_of("cap: {chain: 0}"), HasSubstr("c.yaml:1:14: cap.chain"));
  EXPECT_THAT(complaint_of("mini_batch: {chain: two}"), HasSubstr("mini_batch.chain"));
  EXPECT_THAT(complaint_of("latency_limit: {chain: 10 mm}"), HasSubstr("latency_limit.chain"));
  EXPECT_THAT(complaint_of("latency_limit: {chain: 0 s}"), HasSubstr("latency_limit.chain"));
  EXPECT_THAT(complaint_of("after: {chain: chain}"), HasSubstr("cannot wait for itself"));
  EXPECT_THAT(complaint_of("after: {chain: [secnd]}"), HasSubstr("did you mean 'second'?"));
}

TEST(ConstraintTexts, EveryKindIsRead) {
  const Constraints constraints = asked([](ConstraintRequest& request) {
    request.pins = {"chain=c0,c1", "second:layer2..2=c1", "second:0=c0"};
    request.bans = {"c0", "second=c1"};
    request.mini_batches = {"chain=2"};
    request.caps = {"second=1"};
    request.latency_limits = {"chain=10ms"};
    request.dependencies = {"second=chain"};
  });
  EXPECT_THAT(constraints.pins, ElementsAre(Pin{0, 0, 3, {0, 1}}, Pin{1, 1, 3, {1}}, Pin{1, 0, 1, {0}}));
  EXPECT_THAT(constraints.bans, ElementsAre(Ban{-1, {0}}, Ban{1, {1}}));
  EXPECT_THAT(constraints.mini_batches, ElementsAre(FixedMiniBatch{0, 2}));
  EXPECT_THAT(constraints.caps, ElementsAre(ChipletCap{1, 1}));
  EXPECT_THAT(constraints.latency_limits, ElementsAre(LatencyLimit{0, 10e-3}));
  EXPECT_THAT(constraints.dependencies, ElementsAre(Dependency{1, 0}));
}

TEST(ConstraintTexts, WrongOnesAreRefusedWithTheOption) {
  const auto wrong = [](std::vector<std::string> ConstraintRequest::*option, const std::string& text) {
    return complaint([&] { asked([&](ConstraintRequest& request) { (request.*option).push_back(text); }); });
  };
  EXPECT_THAT(wrong(&ConstraintRequest::pins, "chain"), HasSubstr("--pin chain: --pin MODEL=CHIPLET"));
  EXPECT_THAT(wrong(&ConstraintRequest::pins, "chan=c0"), HasSubstr("did you mean 'chain'?"));
  EXPECT_THAT(wrong(&ConstraintRequest::pins, "chain:x=c0"), HasSubstr("has no layer 'x'"));
  EXPECT_THAT(wrong(&ConstraintRequest::pins, "chain:2..0=c0"), HasSubstr("stands before the first"));
  EXPECT_THAT(wrong(&ConstraintRequest::pins, "chain="), HasSubstr("no chiplet ''"));
  EXPECT_THAT(wrong(&ConstraintRequest::bans, "c9"),
              HasSubstr("--forbid c9: the package has no chiplet 'c9'"));
  EXPECT_THAT(wrong(&ConstraintRequest::mini_batches, "chain=two"),
              HasSubstr("not a whole number from 1 on"));
  EXPECT_THAT(wrong(&ConstraintRequest::caps, "chain=0"), HasSubstr("not a whole number from 1 on"));
  EXPECT_THAT(wrong(&ConstraintRequest::caps, "chain=99999999999"),
              HasSubstr("not a whole number from 1 on"));
  EXPECT_THAT(wrong(&ConstraintRequest::latency_limits, "chain=soon"), HasSubstr("for example 10ms"));
  EXPECT_THAT(wrong(&ConstraintRequest::dependencies, "chain=chain"), HasSubstr("wait for itself"));
}

TEST(Constraints, OnesByOneMakeTheWhole) {
  const Constraints all = read(
      "{pin: [{model: chain, chiplets: c0}], forbid: [{chiplets: c1}], cap: {chain: 2},"
      " mini_batch: {chain: 1}, latency_limit: {chain: 1 s}, after: {second: chain}}");
  Constraints again;
  for (const Constraint& one : all.each()) {
    again.add(one);
  }
  EXPECT_EQ(all.each().size(), 6U);
  EXPECT_EQ(again, all);
}

TEST(Constraints, SayWhereStagesMayStand) {
  const Constraints constraints = read(
      "{pin: [{model: chain, layers: [1, 1], chiplets: c0}],"
      " forbid: [{model: second, chiplets: c0}]}");
  EXPECT_TRUE(may_stand(constraints, 0, 0, 1, 1));
  EXPECT_FALSE(may_stand(constraints, 0, 0, 2, 1));
  EXPECT_FALSE(may_stand(constraints, 0, 1, 3, 1));
  EXPECT_TRUE(may_stand(constraints, 0, 2, 3, 1));
  EXPECT_TRUE(may_stand(constraints, 0, 0, 3, 0));
  EXPECT_FALSE(may_stand(constraints, 1, 0, 1, 0));
  EXPECT_EQ(most_chiplets(constraints, 0), std::numeric_limits<int>::max());
  EXPECT_TRUE(may_have_size(constraints, 0, 4));
  EXPECT_TRUE(std::isinf(latest_end(constraints, 0)));
}

TEST(Check, NamesWhatOfTheConstraintsIsBroken) {
  Problem problem = two_models();
  Schedule schedule = {{{{{0, 1, {{0, 1, 0}, {1, 3, 1}}}}}, {{{1, 1, {{0, 3, 0}}}}}}, true};
  const auto broken = [&](const std::string& yaml) {
    problem.constraints = {};
    add_constraints(yaml, "c.yaml", problem);
    const std::vector<std::string> found = check(problem, schedule);
    return found.empty() ? std::string("nothing") : found.front();
  };
  EXPECT_EQ(broken("pin: [{model: chain, chiplets: [c0, c1]}]"), "nothing");
  EXPECT_EQ(broken("pin: [{model: chain, chiplets: c0}]"),
            "window 0: pin of model 'chain' to chiplet c0 is broken: layers 1 to 2 stand on chiplet 'c1'");
  EXPECT_EQ(broken("pin: [{model: chain, layers: 0, chiplets: c1}]"),
            "window 0: pin of model 'chain', layer 'layer1', to chiplet c1 is broken: layers 0 to 0 stand on "
            "chiplet 'c0'");
  EXPECT_EQ(broken("pin: [{model: chain, layers: [1, 2], chiplets: c1}]"), "nothing");
  EXPECT_EQ(
      broken("forbid: [{model: second, chiplets: c0}]"),
      "window 1: chiplet c0 forbidden to model 'second' is broken: layers 0 to 2 stand on chiplet 'c0'");
  EXPECT_THAT(broken("forbid: [{chiplets: [c0, c1]}]"), HasSubstr("chiplets c0, c1 forbidden to all models"));
  EXPECT_EQ(broken("mini_batch: {chain: 2}"),
            "window 0: mini-batch 2 of model 'chain' is broken: the mini-batch is 1");
  EXPECT_EQ(broken("cap: {chain: 1}"),
            "window 0: at most 1 chiplet at a time for model 'chain' is broken: it stands on 2");
  EXPECT_EQ(broken("cap: {chain: 2}"), "nothing");
  EXPECT_EQ(broken("after: {second: chain}"), "nothing");
  EXPECT_EQ(
      broken("after: {chain: second}"),
      "model 'chain' after model 'second' is broken: it begins in window 0, the other ends in window 1");
  // Latency limits are for the evaluator.
  EXPECT_EQ(broken("latency_limit: {chain: 1 ns}"), "nothing");
}

TEST(ConstraintsInDocuments, WrongOnesAreRefused) {
  inlay::testing::worked_example_document();
  ScheduleDocument document = inlay::testing::worked_example_document();
  document.problem.constraints.pins = {{0, 0, 3, {0, 1}}};
  const std::string sound = write_document(document);
  const auto after = [&](const std::function<void(nlohmann::ordered_json&)>& change) {
    nlohmann::ordered_json json = nlohmann::ordered_json::parse(sound);
    change(json["problem"]["constraints"]);
    return complaint([&] { read_document(json.dump(), "bad.json"); });
  };
  EXPECT_EQ(after([](auto&) {}), "none");
  EXPECT_EQ(after([](auto& json) { json["pins"] = nlohmann::ordered_json::array(); }),
            "bad.json: problem.constraints: nothing is demanded; leave the key out");
  EXPECT_EQ(after([](auto& json) { json["pins"][0]["last"] = 4; }),
            "bad.json: problem.constraints.pins[0].last: 4 is not in 1 to 3");
  EXPECT_EQ(
      after([](auto& json) {
        json["pins"][0]["chiplets"] = {1, 0};
      }),
      "bad.json: problem.constraints.pins[0].chiplets: at least one chiplet, each once, in ascending order");
  EXPECT_EQ(
      after([](auto& json) { json["pins"][0]["chiplets"] = {2}; }),
      "bad.json: problem.constraints.pins[0].chiplets[0]: chiplet 2 does not exist, there are 2, counted "
      "from 0");
  EXPECT_EQ(
      after([](auto& json) { json["pins"][0]["model"] = 1; }),
      "bad.json: problem.constraints.pins[0].model: model 1 does not exist, there are 1, counted from 0");
  EXPECT_THAT(after([](auto& json) { json.erase("caps"); }), HasSubstr("the key 'caps' is missing"));
  EXPECT_THAT(after([](auto& json) { json["cap"] = 1; }), HasSubstr("the key 'cap' is unknown"));
  EXPECT_THAT(after([](auto& json) {
                json["caps"] = {{{"model", 0}, {"most", 0}}};
              }),
              HasSubstr("0 is not in 1 to "));
  EXPECT_THAT(after([](auto& json) {
                json["latency_limits"] = {{{"model", 0}, {"seconds", 0}}};
              }),
              HasSubstr("not above 0"));
}

}  // namespace
}  // namespace inlay::schedule
