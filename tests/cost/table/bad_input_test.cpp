// What is said of damaged tables, and that no damage is worse than an error.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inlay/base/error.hpp"
#include "inlay/base/random.hpp"
#include "inlay/cost/table/file.hpp"

namespace inlay::cost {
namespace {

using testing::HasSubstr;

std::string error_of(const std::string& text, const std::string& chiplet = "") {
  try {
    table::parse_table_file(text, "t.csv", chiplet);
  } catch (const base::InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(TableBadInput, SaysWhereAndWhatIsExpected) {
  const std::string header = "layer,chiplet,mini_batch,cycles,energy_pj\n";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "t.csv: a line of column names and at least one row"},
      {header, "t.csv:1:1: a line of column names"},
      {"layer,chiplet,cycls,energy_pj\na,b,1,1\n", "t.csv:1:15: unknown column 'cycls'; allowed: model, "},
      {"layer,chiplet,cycls,energy_pj\na,b,1,1\n", "did you mean 'cycles'?"},
      {"layer,chiplet,energy_pj\na,b,1\n", "t.csv:1:1: there is no column 'cycles'"},
      {"layer,cycles,energy_pj\na,1,1\n", "there is no column 'chiplet'"},
      {"layer,layer,chiplet,cycles,energy_pj\na,a,b,1,1\n",
       "t.csv:1:7: column 'layer' stands here for the second"},
      {"layer,chiplet,cycles\na,b,1\n", "no column has an energy"},
      {header + "a,b,1,2\n", "t.csv:2:7: the row has 4 cells, the header has 5"},
      {header + "a,b,1,2,3,4\n", "t.csv:2:11: the row has 6 cells"},
      {header + ",b,1,2,3\n", "t.csv:2:1: layer: is empty"},
      {header + "a,b,0,2,3\n", "t.csv:2:5: mini_batch: '0' is no whole number from 1"},
      {header + "a,b,1,2.5,3\n", "t.csv:2:7: cycles: '2.5' is no whole number from 0"},
      {header + "a,b,1,99999999999999999999,3\n", "cycles: '99999999999999999999' is no whole number"},
      {header + "a,b,1,2,-3\n", "t.csv:2:9: energy_pj: '-3' is no number from 0 up"},
      {header + "a,b,1,2,nan\n", "'nan' is no number"},
      {header + "a,b,1,2,1e999\n", "'1e999' is no number"},
      {header + "a,b,1,2,3\n\na,b,1,2,3\n",
       "t.csv:4:1: layer: the same model, layer, chiplet and mini-batch stand in line 2"},
      {header + "\"a,b,1,2,3\n", "t.csv:2:11: the quote of column 1 is not closed"},
      {header + "\"a\"x,b,1,2,3\n", "t.csv:2:4: a comma or the end of the line is expected"},
      {header + std::string("a\0,b,1,2,3\n", 11), "t.csv:2:2: a control character (code 0)"},
      {"layer,chiplet,cycles,energy_pj,energy_J\na,b,1,1,1\n", "energy_J is given, too"},
      {"layer,chiplet,cycles,energy_pj,mac_pj\na,b,1,5,4\n",
       "t.csv:2:7: energy_pj: is 5e-12 J, but the parts add up"},
      {"layer,chiplet,cycles,energy_pj,substituted\na,b,1,5,maybe\n",
       "t.csv:2:9: substituted: 'maybe' is neither"},
      {"Neural Network Name, Layer Number\nN,A\n", "there is no column 'NumPEs'"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_THAT(error_of(text), HasSubstr(expected)) << text;
  }
  EXPECT_EQ(error_of("layer,cycles,energy_pj\na,1,1\n", "ws"), "no error");
}

TEST(TableBadInput, TakesWhatOtherToolsWrite) {
  EXPECT_EQ(error_of("\xEF\xBB\xBFlayer, chiplet ,cycles,energy_pj\r\n\"a, \"\"b\"\"\", ws , 12 , 1e3\r\n"),
            "no error");
  const table::TableFile table =
      table::parse_table_file("layer,chiplet,cycles,energy_pj\n\" a, \"\"b\"\"\", ws,12,1e3", "t.csv", "");
  EXPECT_EQ(table.entries.at(0).layer, " a, \"b\"");
  EXPECT_EQ(table.entries.at(0).chiplet, "ws");
  EXPECT_DOUBLE_EQ(table.entries.at(0).costs.at(1).energy.total(), 1e-9);
}

std::size_t below(std::size_t limit, base::Random& random) {
  return static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(limit) - 1));
}

std::string damaged(std::string text, base::Random& random) {
  const std::string alphabet = "\",\n\r \t;-+.eE0199*=ax\xff\x01";
  const std::size_t changes = 1 + below(3, random);
  for (std::size_t i = 0; i < changes && !text.empty(); ++i) {
    const std::size_t place = below(text.size(), random);
    const char letter = alphabet[below(alphabet.size(), random)];
    switch (below(8, random)) {
      case 0:
        text.insert(place, 1, letter);
        break;
      case 1:
        text.erase(place, 1 + below(8, random));
        break;
      case 2:
        text.resize(place);
        break;
      case 3:
        text.insert(place, text.substr(below(text.size(), random), 40));
        break;
      default:
        text[place] = letter;
    }
  }
  return text;
}

TEST(TableBadInput, NoDamageIsWorseThanAnError) {
  const std::vector<std::string> seeds = {
      "model,layer,chiplet,mini_batch,cycles,mac_J,l1_J,energy_J,l2_bytes,utilisation,substituted,note\n"
      "m,h.*.attn,ws,1,100,1e-9,2e-9,3e-9,1024,0.5,no,\"a, \"\"b\"\"\"\n"
      "m,h.*.attn,ws,2,200,1e-9,2e-9,3e-9,1024,0.5,yes,\n,fc,*,1,7,0,0,0,0,1,no,x\n",
      "Neural Network Name, Layer Number, NumPEs, Runtime (Cycles),  L2 SRAM Size Req (Bytes), Num MACs, "
      "input l1 read, input l1 write, input l2 read, input l2 write, filter l1 read, filter l1 write, "
      "filter l2 read, filter l2 write, output l1 read, output l1 write, output l2 read, output l2 write, "
      "Avg number of utilized PEs\nN,A,256,100,64,1000,1,2,4,8,16,32,64,128,256,512,1024,2048,99.5\n"};
  base::Random random(20240717);
  int read = 0;
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = damaged(seeds[static_cast<std::size_t>(i) % seeds.size()], random);
    try {
      const table::TableFile table = table::parse_table_file(text, "t.csv", "");
      for (const table::NamedEntry& entry : table.entries) {
        for (const auto& [size, cost] : entry.costs) {
          ASSERT_TRUE(size >= 1 && cost.cycles >= 0 && cost.energy.total() >= 0.0 && cost.utilisation >= 0.0)
              << text;
        }
      }
      ++read;
    } catch (const base::InputError& error) {
      ASSERT_TRUE(std::string(error.what()).starts_with("t.csv")) << error.what();
      ++refused;
    }
  }
  EXPECT_GT(read, 500);
  EXPECT_GT(refused, 5000);
}

}  // namespace
}  // namespace inlay::cost
