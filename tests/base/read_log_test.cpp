#include <gtest/gtest.h>

#include <filesystem>

#include "inlay/base/error.hpp"
#include "inlay/base/file.hpp"

namespace inlay::base {
namespace {

TEST(ReadLog, NotesEachFileOnceWithItsHash) {
  const auto file = std::filesystem::temp_directory_path() / "inlay-read-log-test.txt";
  write_file(file, "content");
  read_file(file);
  const ReadLog outer;
  {
    const ReadLog inner;
    EXPECT_TRUE(inner.entries().empty());
    read_file(file);
    read_file(file);
    EXPECT_THROW(read_file(file / "missing"), InputError);
    ASSERT_EQ(inner.entries().size(), 1U);
    EXPECT_EQ(inner.entries()[0].path, file);
    EXPECT_EQ(inner.entries()[0].hash, content_hash("content"));
  }
  EXPECT_EQ(outer.entries().size(), 1U);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace inlay::base
