#include "inlay/studies/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"

namespace inlay::studies {
namespace {

namespace fs = std::filesystem;

class JournalFile : public ::testing::Test {
 protected:
  JournalFile() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~JournalFile() override { fs::remove_all(folder_); }
  void append(const std::string& text) const { std::ofstream(file_, std::ios::app) << text; }

  fs::path folder_ =
      fs::path(::testing::TempDir()) /
      ("inlay-journal-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
  fs::path file_ = folder_ / "study.progress.jsonl";
};

TEST_F(JournalFile, KeepsWhatWasAddedForTheSameSettings) {
  Journal(file_, "settings").add("a \"key\"", R"({"latency":0.1})");
  Journal(file_, "settings").add("another", "[1,2]");
  const Journal again(file_, "settings");
  EXPECT_EQ(again.find("a \"key\""), R"({"latency":0.1})");
  EXPECT_EQ(again.find("another"), "[1,2]");
  EXPECT_FALSE(again.find("none").has_value());
}

TEST_F(JournalFile, IsBegunAnewForOtherSettings) {
  Journal(file_, "settings").add("key", "1");
  EXPECT_FALSE(Journal(file_, "others").find("key").has_value());
  EXPECT_FALSE(Journal(file_, "settings").find("key").has_value()) << "the old line was not dropped";
}

TEST_F(JournalFile, ALineThatWasCutOffIsDroppedAndTheFileGoesOn) {
  Journal(file_, "settings").add("whole", "1");
  append(R"({"key":"cut","val)");
  Journal(file_, "settings").add("next", "2");
  const Journal again(file_, "settings");
  EXPECT_EQ(again.find("whole"), "1");
  EXPECT_EQ(again.find("next"), "2");
  EXPECT_FALSE(again.find("cut").has_value());
}

TEST_F(JournalFile, EveryLineIsOnDiskAtOnce) {
  Journal journal(file_, "settings");
  journal.add("key", "1");
  EXPECT_THAT(base::read_file(file_), ::testing::HasSubstr(R"({"key":"key","value":1})"));
}

TEST_F(JournalFile, WhatCannotBeWrittenIsSaid) {
  Journal journal(file_, "settings");
  fs::remove(file_);
  fs::create_directories(file_);
  EXPECT_THROW(journal.add("key", "1"), base::InputError);
}

TEST(Journal, WithoutAFileItRemembersOnly) {
  Journal journal;
  EXPECT_FALSE(journal.kept_on_disk());
  journal.add("key", "1");
  EXPECT_EQ(journal.find("key"), "1");
}

}  // namespace
}  // namespace inlay::studies
