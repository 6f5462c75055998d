// Constraints on shardings: how they are read and written, and which schedules break them.
#include "inlay/schedule/sharding_demand.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/schedule/check.hpp"
#include "inlay/schedule/constraint_request.hpp"
#include "inlay/schedule/schedule_json.hpp"
#include "support/documents.hpp"

namespace inlay::schedule {
namespace {

using ::testing::HasSubstr;

AxisSharding axis(LoopDimension by, LoopDimension sums = LoopDimension::kNone) {
  return {by, sums};
}

ShardingChoice choice(const std::string& text) {
  const std::optional<ShardingChoice> parsed = parse_choice(text);
  EXPECT_TRUE(parsed.has_value()) << text;
  return parsed.value_or(ShardingChoice{});
}

/// Products of one row: they allow -, N, K and C.
Problem asked(const std::vector<std::string>& texts) {
  Problem problem = inlay::testing::worked_example();
  ConstraintRequest request;
  request.shardings = texts;
  add_constraints(request, problem);
  return problem;
}

Problem read(const std::string& yaml) {
  Problem problem = inlay::testing::worked_example();
  add_constraints(yaml, "c.yaml", problem);
  return problem;
}

template <typename Run>
std::string complaint(Run run) {
  try {
    run();
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(ShardingChoice, TextsAreReadAndWrittenBack) {
  for (const char* text : {"N", "M", "K", "C", "G", "-", "*", "K/N", "-/K", "C>M", "C>N/*", "*/C", "C/C>K"}) {
    EXPECT_EQ(to_string(choice(text)), text);
  }
  EXPECT_EQ(to_string(choice("K/K")), "K");
  for (const char* text :
       {"", "k", "X", "KN", "K/", "/K", "K/N/M", "K>M", "C>", "C>C", "C>G", "C>-", "**", "K,N"}) {
    EXPECT_FALSE(parse_choice(text).has_value()) << text;
  }
}

TEST(ShardingChoice, AxesOfOneMemberAreNotAsked) {
  const Sharding columns{{}, axis(LoopDimension::kOutputs)};
  EXPECT_TRUE(admits(choice("K"), columns, {1, 4}));
  EXPECT_TRUE(admits(choice("N/K"), columns, {1, 4}));
  EXPECT_FALSE(admits(choice("K"), columns, {2, 2}));
  EXPECT_TRUE(admits(choice("-/K"), columns, {2, 2}));
  EXPECT_TRUE(admits(choice("*/K"), columns, {2, 2}));
  EXPECT_FALSE(admits(choice("K/N"), columns, {1, 4}));
  EXPECT_TRUE(admits(choice("K/N"), {axis(LoopDimension::kOutputs), {}}, {4, 1}));
}

TEST(ShardingChoice, AReductionMayScatterAnywhereUnlessItSays) {
  const Sharding scattered{{}, axis(LoopDimension::kReduction, LoopDimension::kRows)};
  EXPECT_TRUE(admits(choice("C"), scattered, {1, 2}));
  EXPECT_TRUE(admits(choice("C>M"), scattered, {1, 2}));
  EXPECT_FALSE(admits(choice("C>N"), scattered, {1, 2}));
  EXPECT_FALSE(admits(choice("M"), scattered, {1, 2}));
}

TEST(ShardingDemand, ShortAndLongFormsSayTheSame) {
  const Problem in_short = asked({"chain=K,C>N/*", "chain:layer2..2=N", "chain:0=-"});
  const Problem in_long = read(
      "sharding:\n"
      "  - {model: chain, by: [K, \"C>N/*\"]}\n"
      "  - {model: chain, layers: [layer2, 2], by: N}\n"
      "  - {model: chain, layers: 0, by: \"-\"}\n");
  EXPECT_EQ(in_short.constraints, in_long.constraints);
  const std::vector<ShardingDemand> expected = {
      {0, 0, 3, {choice("K"), choice("C>N/*")}}, {0, 1, 3, {choice("N")}}, {0, 0, 1, {choice("-")}}};
  EXPECT_EQ(in_short.constraints.shardings, expected);
  EXPECT_FALSE(in_short.constraints.empty());
  Constraints again;
  for (const Constraint& one : in_short.constraints.each()) {
    again.add(one);
  }
  EXPECT_EQ(again, in_short.constraints);
  EXPECT_EQ(to_string(in_short, in_short.constraints.each()[0]), "sharding K or C>N/* of model 'chain'");
  EXPECT_EQ(to_string(in_short, in_short.constraints.each()[1]),
            "sharding N of model 'chain', layers 'layer2' to 'layer3'");
  EXPECT_EQ(to_string(in_short, in_short.constraints.each()[2]),
            "sharding - of model 'chain', layer 'layer1'");
}

TEST(ShardingDemand, WhatALayerDoesNotAllowNamesLayerAxisAndWhatItAllows) {
  EXPECT_THAT(
      complaint([] { asked({"chain=G"}); }),
      HasSubstr("--sharding chain=G: layer 'layer1' (gemm) cannot be divided by G (G: not by G along the "
                "rows); it allows -, N, K, C; nor can 2 more of these layers"));
  EXPECT_THAT(
      complaint([] { asked({"chain:layer3=K/M"}); }),
      HasSubstr("layer 'layer3' (gemm) cannot be divided by K/M (K/M: not by M along the columns); it "
                "allows -, N, K, C"));
  EXPECT_THAT(complaint([] { asked({"chain:1=G,C>M"}); }),
              HasSubstr("by G or C>M (G: not by G along the rows; C>M: not by C>M along the rows)"));
  EXPECT_EQ(complaint([] { asked({"chain=G,K"}); }), "none");
  EXPECT_THAT(complaint([] { read("sharding:\n  - {model: chain, by: M}\n"); }),
              HasSubstr("c.yaml:2:24: sharding[0].by: layer 'layer1' (gemm) cannot be divided by M"));
}

TEST(ShardingDemand, WrongTextsAreRefusedWithTheirPlace) {
  EXPECT_THAT(complaint([] { asked({"chain"}); }), HasSubstr("--sharding MODEL=WAY,... or"));
  EXPECT_THAT(complaint([] { asked({"chian=K"}); }), HasSubstr("did you mean 'chain'?"));
  EXPECT_THAT(complaint([] { asked({"chain:layer9=K"}); }), HasSubstr("has no layer 'layer9'"));
  EXPECT_THAT(complaint([] { asked({"chain:2..0=K"}); }), HasSubstr("stands before the first"));
  EXPECT_THAT(complaint([] { asked({"chain=k"}); }),
              HasSubstr("'k' is no sharding; one of N, M, K, C, G, - or *"));
  EXPECT_THAT(complaint([] { asked({"chain="}); }), HasSubstr("'' is no sharding"));
  EXPECT_THAT(complaint([] { asked({"chain=K,K/K"}); }), HasSubstr("sharding 'K/K' is named twice"));
  EXPECT_THAT(complaint([] { read("sharding:\n  - {model: chain, by: []}\n"); }),
              HasSubstr("no sharding is named"));
  EXPECT_THAT(complaint([] { read("sharding:\n  - {model: chain, by: [K, Q]}\n"); }),
              HasSubstr("c.yaml:2:28: sharding[0].by[1]: 'Q' is no sharding"));
  EXPECT_THAT(complaint([] { read("shardings: []\n"); }), HasSubstr("did you mean 'sharding'?"));
}

TEST(ShardingDemand, ChecksFindTheFirstLayerThatIsDividedOtherwise) {
  const AxisSharding k = axis(LoopDimension::kOutputs);
  const AxisSharding n = axis(LoopDimension::kSamples);
  const Schedule schedule{{{{{0, 4, {{0, 3, {1, 2, {0, 1}}, {{{}, k}, {{}, k}, {{}, n}}}}}}}}, true};
  const auto broken = [&](const std::string& text) {
    const std::vector<std::string> found = check(asked({text}), schedule);
    return found.empty() ? std::string("nothing") : found.front();
  };
  EXPECT_EQ(broken("chain=K,N"), "nothing");
  EXPECT_EQ(broken("chain:0..1=K"), "nothing");
  EXPECT_EQ(broken("chain:2=K/N"), "nothing");
  EXPECT_EQ(
      broken("chain=K"),
      "window 0: sharding K of model 'chain' is broken: layer 'layer3' is divided by - between the rows "
      "and N between the columns of 1x2 of c0, c1");
  EXPECT_THAT(broken("chain:1..2=N"), HasSubstr("layer 'layer2' is divided by -"));
  // On single chiplets nothing is divided, and nothing is demanded.
  Problem problem = asked({"chain=K"});
  EXPECT_TRUE(check(problem, inlay::testing::worked_example_schedule()).empty());
}

TEST(ShardingDemand, StandsInTheScheduleFile) {
  ScheduleDocument document = inlay::testing::worked_example_document();
  document.problem.constraints = asked({"chain=K,C>N/*", "chain:1=*/-"}).constraints;
  const std::string text = write_document(document);
  EXPECT_EQ(read_document(text, "s.json").problem.constraints, document.problem.constraints);
  EXPECT_EQ(write_document(read_document(text, "s.json")), text);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    return complaint([&] { read_document(changed, "s.json"); });
  };
  EXPECT_THAT(with("\"C>N/*\"", "\"C>G\""), HasSubstr("constraints.shardings[0].by: 'C>G' is no sharding"));
  EXPECT_THAT(with("\"*/-\"", "\"G\""),
              HasSubstr("shardings[1].by: layer 'layer2' (gemm) cannot be divided by G"));
  // Files of earlier versions have no such list.
  document.problem.constraints.shardings.clear();
  document.problem.constraints.caps = {{0, 2}};
  EXPECT_EQ(write_document(document).find("shardings\": [\n        {"), std::string::npos);
  EXPECT_EQ(read_document(write_document(document), "s.json").problem.constraints,
            document.problem.constraints);
}

}  // namespace
}  // namespace inlay::schedule
