/* Running tests: a process group, a folder, a prefix and a time limit for each. What a test leaves behind is found by a mark
 * in its environment and ended with it. */
#include "test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MARK "FERRY_TEST_ID"
#define JOBS_MAX 64

struct job {
    struct test *test;
    unsigned loader;
    pid_t pid;
    int output;   /* read end, non-blocking; -1 once it is closed */
    int status;
    bool ended, timed_out;
    double started;
    char folder[1024], mark[64];
};

static volatile sig_atomic_t interrupted;

static void note_interrupt(int number)
{
    interrupted = 1;
}

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    return remove(path);
}

/* Ends every process that carries the mark; `spare` is the name of one that may stay. */
static void end_marked(const char *mark, const char *spare)
{
    DIR *proc = opendir("/proc");
    struct dirent *entry;

    while (proc && (entry = readdir(proc))) {
        char path[300], text[32768];
        ssize_t size;
        int fd;
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
        if (spare) {
            snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
            if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) continue;
            size = read(fd, text, sizeof(text) - 1);
            close(fd);
            if (size > 0 && !strncmp(text, spare, strlen(spare))) continue;
        }
        snprintf(path, sizeof(path), "/proc/%s/environ", entry->d_name);
        if ((fd = open(path, O_RDONLY | O_CLOEXEC)) < 0) continue;
        size = read(fd, text, sizeof(text));
        close(fd);
        if (size > 0 && memmem(text, (size_t)size, mark, strlen(mark))) kill(atoi(entry->d_name), SIGKILL);
    }
    if (proc) closedir(proc);
}

static _Noreturn void start_child(const struct options *options, const struct job *job, int output)
{
    const struct loader *loader = &options->loaders[job->loader];
    char *command[256], prefix[1100];
    unsigned count = 0;

    setsid();
    for (; loader->command[count] && count < 250; count++) command[count] = loader->command[count];
    command[count++] = job->test->path;
    if (job->test->sub) command[count++] = job->test->sub;
    command[count] = NULL;
    putenv((char *)job->mark);
    if (!options->display) unsetenv("DISPLAY");
    if (loader->is_ferry) {
        snprintf(prefix, sizeof(prefix), "%s/prefix", job->folder);
        setenv("FERRY_PREFIX", options->prefix ? options->prefix : prefix, 1);
    }
    if (chdir(job->folder)) _exit(126);
    dup2(open("/dev/null", O_RDONLY), 0);
    dup2(output, 1);
    dup2(output, 2);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    execvp(command[0], command);
    dprintf(2, "ferry: %s: %s\n", command[0], strerror(errno));
    _exit(127);
}

static bool start(const struct options *options, struct job *job, struct test *test, unsigned loader)
{
    static unsigned serial;
    const char *temporary = getenv("TMPDIR");
    int pipes[2];

    *job = (struct job){ .test = test, .loader = loader, .output = -1, .started = now() };
    snprintf(job->folder, sizeof(job->folder), "%s/ferry-test-XXXXXX", temporary && *temporary ? temporary : "/tmp");
    snprintf(job->mark, sizeof(job->mark), MARK "=%d-%u.", (int)getpid(), serial++);
    if (!mkdtemp(job->folder)) return false;
    if (pipe2(pipes, O_CLOEXEC)) return false;
    fcntl(pipes[0], F_SETFL, O_NONBLOCK);
    job->pid = fork();
    if (!job->pid) start_child(options, job, pipes[1]);
    close(pipes[1]);
    job->output = pipes[0];
    return job->pid > 0;
}

/* Takes what there is to read; what is beyond OUTPUT_MAX is read and dropped. */
static void read_output(struct job *job)
{
    struct result *result = &job->test->results[job->loader];
    char dropped[65536];

    for (int rounds = 0; rounds < 64; rounds++) {
        size_t room = OUTPUT_MAX - result->output_size;
        ssize_t got;
        if (!result->output && !(result->output = malloc(OUTPUT_MAX + 1))) abort();
        got = room ? read(job->output, result->output + result->output_size, room) : read(job->output, dropped, sizeof(dropped));
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (got <= 0) {
            close(job->output);
            job->output = -1;
            return;
        }
        if (room) result->output_size += (size_t)got;
    }
}

struct adding {
    struct test *test;
    struct test *last; /* the newest sub-test */
};

static void add_sub(const char *name, void *data)
{
    struct adding *adding = data;
    struct test *added = calloc(1, sizeof(*added));

    if (!added || !(added->path = strdup(adding->test->path)) || !(added->sub = strdup(name)) ||
        asprintf(&added->name, "%s:%s", adding->test->name, name) < 0)
        abort();
    added->next = adding->last->next;
    adding->last->next = added;
    adding->last = added;
}

static void finish(const struct options *options, struct job *job)
{
    struct result *result = &job->test->results[job->loader];
    struct adding adding = { job->test, job->test };
    bool may_list = !job->test->sub && !job->loader && !job->timed_out;

    end_marked(job->mark, options->loaders[job->loader].is_ferry && options->prefix ? "ferryserver" : NULL);
    if (job->output >= 0) {
        read_output(job);
        if (job->output >= 0) close(job->output);
    }
    if (!result->output && !(result->output = malloc(1))) abort();
    result->output[result->output_size] = 0;
    for (size_t i = 0; i < result->output_size; i++)
        if (!result->output[i]) result->output[i] = ' ';
    result->seconds = now() - job->started;
    result->code = WIFEXITED(job->status) ? WEXITSTATUS(job->status) : -WTERMSIG(job->status);
    result->outcome = job->timed_out ? OUTCOME_TIMEOUT
                      : result->code == 127 && strstr(result->output, "ferry: ") == result->output ? OUTCOME_NOT_RUN
                                                                                                   : OUTCOME_NONE;
    job->test->listing = parse_output(result, may_list ? add_sub : NULL, &adding) || job->test->listing;
    nftw(job->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    job->test = NULL;
}

/* A test that can be started, and under which loader; NULL: none now. */
static struct test *next_test(const struct options *options, struct test *tests, unsigned *loader)
{
    for (; tests; tests = tests->next) {
        *loader = tests->started;
        if (!tests->started || (tests->known && !tests->listing && tests->started < options->loader_count)) return tests;
    }
    return NULL;
}

static unsigned count_tests(const struct options *options, const struct test *tests)
{
    unsigned count = 0;

    for (; tests; tests = tests->next) count += tests->listing ? 1 : options->loader_count;
    return count;
}

bool run_tests(const struct options *options, struct test **tests,
               void (*done)(const struct options *, const struct test *, unsigned, unsigned, unsigned))
{
    struct job jobs[JOBS_MAX] = { 0 };
    struct sigaction action = { .sa_handler = note_interrupt };
    unsigned slots = options->jobs < JOBS_MAX ? options->jobs : JOBS_MAX, running = 0, finished = 0, loader;
    struct test *next;

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    while (!interrupted && ((next = next_test(options, *tests, &loader)) || running)) {
        struct pollfd polls[JOBS_MAX];
        int status;
        pid_t pid;

        for (unsigned i = 0; i < slots && next; i++) {
            if (jobs[i].test) continue;
            if (!start(options, &jobs[i], next, loader)) {
                fprintf(stderr, "ferry: %s: %s\n", next->path, strerror(errno));
                jobs[i].test = NULL;
                interrupted = 1;
                break;
            }
            next->started++;
            running++;
            next = next_test(options, *tests, &loader);
        }
        for (unsigned i = 0; i < slots; i++)
            polls[i] = (struct pollfd){ .fd = jobs[i].test ? jobs[i].output : -1, .events = POLLIN };
        poll(polls, slots, 20);
        for (unsigned i = 0; i < slots; i++)
            if (jobs[i].test && polls[i].revents) read_output(&jobs[i]);
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
            for (unsigned i = 0; i < slots; i++)
                if (jobs[i].test && jobs[i].pid == pid) jobs[i].ended = true, jobs[i].status = status;
        for (unsigned i = 0; i < slots; i++) {
            struct job *job = &jobs[i];
            struct test *test = job->test;
            if (!test) continue;
            if (!job->ended && now() - job->started > options->limit) {
                job->timed_out = true;
                kill(-job->pid, SIGKILL);
                if (waitpid(job->pid, &job->status, 0) == job->pid) job->ended = true;
            }
            if (!job->ended) continue;
            finish(options, job);
            test->known = true;
            running--;
            finished++;
            if (done) done(options, test, job->loader, finished, count_tests(options, *tests));
        }
    }
    for (unsigned i = 0; i < slots; i++)
        if (jobs[i].test) {
            kill(-jobs[i].pid, SIGKILL);
            end_marked(jobs[i].mark, NULL);
            waitpid(jobs[i].pid, NULL, 0);
            if (jobs[i].output >= 0) close(jobs[i].output);
            nftw(jobs[i].folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
        }
    return !interrupted;
}
