#include "inlay/cost/cost_cache.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "inlay/base/file.hpp"
#include "inlay/cost/cost_cache_key.hpp"

namespace inlay::cost {
namespace {

namespace fs = std::filesystem;

constexpr int kSchema = 1;
constexpr int kPatienceMilliseconds = 2000;

/// Whatever goes wrong with a cache; never leaves this file.
struct CacheTrouble : std::runtime_error {
  CacheTrouble(const std::string& what, int sqlite_code) : std::runtime_error(what), code(sqlite_code) {}
  bool is_damage() const { return code == SQLITE_CORRUPT || code == SQLITE_NOTADB; }
  int code;
};

/// Held, shared, by all who have the file open. Only who holds it alone may throw a damaged file away: SQLite
/// goes by names, and a file that vanishes under another process would take its journal with it.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& path)
      : descriptor_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (descriptor_ < 0) {
      throw CacheTrouble(fmt::format("{}: {}", path.string(), std::strerror(errno)), SQLITE_CANTOPEN);
    }
    if (::flock(descriptor_, LOCK_SH | LOCK_NB) != 0) {
      ::close(descriptor_);
      throw CacheTrouble("another process is replacing it", SQLITE_BUSY);
    }
  }
  ~FolderLock() { ::close(descriptor_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

  bool take_alone() { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

 private:
  int descriptor_;
};

class Statement {
 public:
  Statement(sqlite3* database, const char* text) : database_(database) {
    check(sqlite3_prepare_v2(database, text, -1, &statement_, nullptr));
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// `text` must live until the next step.
  void bind(int place, const std::string& text) {
    check(sqlite3_bind_text(statement_, place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC));
  }
  void bind(int place, std::int64_t number) { check(sqlite3_bind_int64(statement_, place, number)); }
  /// Is there a row?
  bool step() {
    const int code = sqlite3_step(statement_);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
      check(code);
    }
    return code == SQLITE_ROW;
  }
  std::string text(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const int size = sqlite3_column_bytes(statement_, column);
    return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
  }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  void reset() { sqlite3_reset(statement_); }

 private:
  void check(int code) const {
    if (code != SQLITE_OK) {
      throw CacheTrouble(sqlite3_errmsg(database_), code & 0xFF);
    }
  }
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

/// An open database with our tables.
class Database {
 public:
  explicit Database(const fs::path& path) {
    const int code = sqlite3_open_v2(
        path.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    try {
      if (code != SQLITE_OK) {
        throw CacheTrouble(database_ != nullptr ? sqlite3_errmsg(database_) : sqlite3_errstr(code),
                           code & 0xFF);
      }
      sqlite3_busy_timeout(database_, kPatienceMilliseconds);
      prepare();
    } catch (...) {
      sqlite3_close(database_);
      throw;
    }
  }
  ~Database() { sqlite3_close(database_); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  sqlite3* handle() { return database_; }
  void run(const char* text) { Statement(database_, text).step(); }

 private:
  void prepare() {
    if (schema() == kSchema) {
      return;
    }
    run("BEGIN IMMEDIATE");  // another process may be doing the same
    if (schema() == 0) {
      run("CREATE TABLE contexts (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE)");
      run("CREATE TABLE costs (context INTEGER NOT NULL, layer TEXT NOT NULL, cost TEXT NOT NULL, "
          "checksum TEXT NOT NULL, PRIMARY KEY (context, layer)) WITHOUT ROWID");
      run(fmt::format("PRAGMA user_version = {}", kSchema).c_str());
    } else if (schema() != kSchema) {
      throw CacheTrouble(fmt::format("its schema is {}, {} is expected", schema(), kSchema), SQLITE_CORRUPT);
    }
    run("COMMIT");
  }

  std::int64_t schema() {
    Statement version(database_, "PRAGMA user_version");
    version.step();
    return version.integer(0);
  }

  sqlite3* database_ = nullptr;
};

/// Damage that SQLite does not notice, such as a flipped bit in a number, is noticed by this.
std::string checksum(const std::string& context, const std::string& layer, const std::string& cost) {
  return base::content_hash(context + '\n' + layer + '\n' + cost);
}

std::vector<std::string> keys_of(const std::vector<CacheQuestion>& questions) {
  std::vector<std::string> keys;
  for (const CacheQuestion& question : questions) {
    keys.push_back(
        layer_key(question.shape, question.precision, question.fused_operations, question.mini_batch));
  }
  return keys;
}

}  // namespace

class CostCache::File {
 public:
  explicit File(const fs::path& folder)
      : path_(folder / fmt::format("costs-{}.sqlite", kSchema)),
        lock_(folder / fmt::format("costs-{}.lock", kSchema)),
        database_(std::make_unique<Database>(path_)) {}

  std::vector<std::optional<LayerCost>> find(const std::string& context,
                                             const std::vector<std::string>& layers) {
    std::vector<std::optional<LayerCost>> found(layers.size());
    database_->run("BEGIN");
    const auto id = context_id(context);
    Statement query(database_->handle(), "SELECT cost, checksum FROM costs WHERE context = ? AND layer = ?");
    for (std::size_t i = 0; id && i < layers.size(); ++i) {
      query.bind(1, *id);
      query.bind(2, layers[i]);
      if (query.step()) {
        const std::string text = query.text(0);
        if (query.text(1) == checksum(context, layers[i], text)) {
          found[i] = cost_of_text(text);
        }
      }
      query.reset();
    }
    database_->run("COMMIT");
    return found;
  }

  void store(const std::string& context, const std::vector<std::string>& layers,
             const std::vector<LayerCost>& costs) {
    database_->run("BEGIN IMMEDIATE");
    {
      Statement add(database_->handle(), "INSERT OR IGNORE INTO contexts (key) VALUES (?)");
      add.bind(1, context);
      add.step();
    }
    const auto id = context_id(context);
    Statement add(database_->handle(), "INSERT OR REPLACE INTO costs VALUES (?, ?, ?, ?)");
    for (std::size_t i = 0; id && i < layers.size(); ++i) {
      const std::string text = text_of(costs[i]);
      const std::string sum = checksum(context, layers[i], text);
      add.bind(1, *id);
      add.bind(2, layers[i]);
      add.bind(3, text);
      add.bind(4, sum);
      add.step();
      add.reset();
    }
    database_->run("COMMIT");
  }

  /// Throws a damaged file away and begins a new one.
  static std::unique_ptr<File> anew(const fs::path& folder) {
    const fs::path path = folder / fmt::format("costs-{}.sqlite", kSchema);
    {
      FolderLock lock(folder / fmt::format("costs-{}.lock", kSchema));
      if (!lock.take_alone()) {
        throw CacheTrouble("it is damaged, and another process has it open", SQLITE_BUSY);
      }
      remove(path);
    }
    return std::make_unique<File>(folder);
  }

 private:
  static void remove(const fs::path& path) {
    for (const char* part : {"", "-journal", "-wal", "-shm"}) {
      std::error_code error;
      fs::remove(path.string() + part, error);
      if (error) {
        throw CacheTrouble(fmt::format("it is damaged and cannot be removed: {}", error.message()),
                           SQLITE_READONLY);
      }
    }
  }

  std::optional<std::int64_t> context_id(const std::string& context) {
    Statement query(database_->handle(), "SELECT id FROM contexts WHERE key = ?");
    query.bind(1, context);
    return query.step() ? std::optional(query.integer(0)) : std::nullopt;
  }

  fs::path path_;
  FolderLock lock_;
  std::unique_ptr<Database> database_;
};

CostCache::CostCache(fs::path folder, Warn warn) : folder_(std::move(folder)), warn_(std::move(warn)) {}

CostCache::~CostCache() = default;

void CostCache::give_up(const std::string& reason) {
  file_.reset();
  usable_ = false;
  if (!std::exchange(warned_, true)) {
    warn_(fmt::format("the cache of costs in {} is not used: {}", folder_.string(), reason));
  }
}

template <typename Body>
void CostCache::attempt(const Body& body) {
  if (!usable_) {
    return;
  }
  try {
    try {
      if (!file_) {
        fs::create_directories(folder_);
        file_ = std::make_unique<File>(folder_);
      }
      body(*file_);
    } catch (const CacheTrouble& trouble) {
      if (!trouble.is_damage()) {
        throw;
      }
      file_.reset();
      file_ = File::anew(folder_);
      if (!std::exchange(warned_, true)) {
        warn_(fmt::format("the cache of costs in {} was damaged ({}) and has been begun anew",
                          folder_.string(), trouble.what()));
      }
    }
  } catch (const CacheTrouble& trouble) {
    give_up(trouble.what());
  } catch (const fs::filesystem_error& error) {
    give_up(error.code().message());
  }
}

std::vector<std::optional<LayerCost>> CostCache::find(const CostEngine& engine,
                                                      const hardware::ChipletType& type,
                                                      const std::vector<CacheQuestion>& questions) {
  std::vector<std::optional<LayerCost>> found(questions.size());
  attempt([&](File& file) { found = file.find(context_key(engine, type), keys_of(questions)); });
  return found;
}

void CostCache::store(const CostEngine& engine, const hardware::ChipletType& type,
                      const std::vector<CacheQuestion>& questions, const std::vector<LayerCost>& answers) {
  attempt([&](File& file) { file.store(context_key(engine, type), keys_of(questions), answers); });
}

std::optional<fs::path> cache_folder() {
  const auto variable = [](const char* name) -> std::optional<fs::path> {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0' ? std::optional(fs::path(value)) : std::nullopt;
  };
  if (const auto own = variable("INLAY_CACHE")) {
    return own;
  }
  if (const auto base = variable("XDG_CACHE_HOME"); base && base->is_absolute()) {
    return *base / "inlay";
  }
  if (const auto home = variable("HOME")) {
    return *home / ".cache" / "inlay";
  }
  return std::nullopt;
}

}  // namespace inlay::cost
