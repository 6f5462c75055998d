#include "inlay/base/yaml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace inlay::base {
namespace {

using ::testing::HasSubstr;

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

TEST(Yaml, NamesFileLineColumnAndField) {
  const YamlNode root = YamlNode::parse("memory:\n  latency: 35\n", "p.yaml");
  const std::string message = message_of([&] {
    YamlMap map = root.map();
    YamlMap memory = map.required("memory").map();
    memory.required("latency").quantity(Dimension::kTime);
  });
  EXPECT_THAT(message, HasSubstr("p.yaml:2:12: memory.latency: '35' is not a quantity in s"));
  EXPECT_THAT(message, HasSubstr("'35 ns'"));
}

TEST(Yaml, RefusesUnknownKeysAndNamesTheNearest) {
  YamlMap map = YamlNode::parse("name: a\nchiplet: b\n", "p.yaml").map();
  map.required("name");
  map.optional("chiplets");
  EXPECT_THAT(message_of([&] { map.finish(); }), HasSubstr("p.yaml:2:1: chiplet: unknown key"));
  EXPECT_THAT(message_of([&] { map.finish(); }), HasSubstr("did you mean 'chiplets'?"));
}

TEST(Yaml, SaysWhenAMissingKeyIsMisspelt) {
  YamlMap map = YamlNode::parse("nmae: a\n", "p.yaml").map();
  EXPECT_THAT(message_of([&] { map.required("name"); }),
              HasSubstr("p.yaml:1:1: nmae: unknown key; did you mean 'name'?"));
}

TEST(Yaml, RefusesKeysGivenTwice) {
  const YamlNode root = YamlNode::parse("a: 1\na: 2\n", "p.yaml");
  EXPECT_THAT(message_of([&] { root.map(); }), HasSubstr("p.yaml:2:1: a: is given twice"));
}

TEST(Yaml, RefusesWhatIsNoYaml) {
  EXPECT_THAT(message_of([] { YamlNode::parse("", "p.yaml"); }), HasSubstr("is empty"));
  EXPECT_THAT(message_of([] { YamlNode::parse("a: [1, 2\n", "p.yaml"); }), HasSubstr("is not valid YAML"));
  EXPECT_THAT(message_of([] { YamlNode::parse(std::string("a\0b", 3), "p.yaml"); }),
              HasSubstr("not a text file"));
  EXPECT_THAT(message_of([] { YamlNode::parse(std::string(100000, '['), "p.yaml"); }),
              HasSubstr("nested deeper"));
  std::string dashes;
  for (int i = 0; i < 5000; ++i) {
    dashes += "- ";
  }
  EXPECT_THAT(message_of([&] { YamlNode::parse(dashes, "p.yaml"); }), HasSubstr("nested deeper"));
}

TEST(Yaml, ChecksNumbers) {
  const auto value = [](const std::string& text) { return YamlNode::parse(text, "p.yaml"); };
  EXPECT_EQ(value("12").integer(1), 12);
  EXPECT_THAT(message_of([&] { value("0").integer(1); }), HasSubstr("at least 1"));
  EXPECT_THAT(message_of([&] { value("1.5").integer(1); }), HasSubstr("not a whole number"));
  EXPECT_THAT(message_of([&] { value("99999999999999999999").integer(1); }), HasSubstr("not a whole number"));
  EXPECT_THAT(message_of([&] { value("nan").number(0); }), HasSubstr("not a number"));
  EXPECT_THAT(message_of([&] { value("-1 ns").quantity(Dimension::kTime); }), HasSubstr("zero or more"));
  EXPECT_THAT(message_of([&] { value("0 ns").quantity(Dimension::kTime, true); }), HasSubstr("above zero"));
}

}  // namespace
}  // namespace inlay::base
