#include "host.h"
struct host_options host;
