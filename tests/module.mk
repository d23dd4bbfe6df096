# Conformance tests: tests/DLL/TOPIC.c becomes tests/DLL/TOPIC.exe, a Windows program built with mingw-w64's own
# headers and import libraries, so that it also runs on Windows and on the reference.
#
# tests/DLL/test.mk may set DLL_test_crt = yes (link mingw-w64's C runtime) and DLL_test_libs.

test_dlls := $(filter $(notdir $(patsubst %/,%,$(wildcard $(srcdir)/dlls/*/))),$(notdir $(patsubst %/,%,$(wildcard $(srcdir)/tests/*/))))
test_cflags = -std=gnu11 -O1 -g0 $(warnings) -Wno-format -I. -I$(srcdir)/tests/lib -D_WIN32_WINNT=0x0A00 -DNTDDI_VERSION=0x0A00000B
test_libs = -lkernel32 -ladvapi32 -luser32 -lgdi32 -lshell32 -lole32 -loleaut32 -lversion -lws2_32 -lbcrypt \
	-lpsapi -lsynchronization -lntdll

# test_rule DLL TOPIC ARCH
define test_rule
tests/$(3)/$(1)/$(2).exe: $(srcdir)/tests/$(1)/$(2).c $(wildcard $(srcdir)/tests/$(1)/*.h) $(srcdir)/tests/lib/tap.c $(srcdir)/tests/lib/tap.h
	$$(say) TEST.$(3) $(1)/$(2).c
	$$(Q)$$(MKDIR_P) $$(@D) && $$(CC_$(3)) $$(test_cflags) $$($(1)_test_cflags) \
	  $(if $(filter yes,$($(1)_test_crt)),-DTAP_WITH_CRT,-nostdlib -nostartfiles -ffreestanding -Wl$(comma)-e$(comma)$(if $(filter i386,$(3)),_)mainCRTStartup) \
	  -o $$@ $$< $(srcdir)/tests/lib/tap.c $$($(1)_test_libs) $$(test_libs) -lgcc
all_tests += tests/$(3)/$(1)/$(2).exe
endef
-include $(wildcard $(srcdir)/tests/*/test.mk)
$(eval $(call test_rule,bench,drawing,x86_64))
$(foreach arch,$(ARCHS),$(eval $(call test_rule,bench,bench,$(arch))))
$(eval $(call test_rule,cli,tool,x86_64))
$(eval $(call test_rule,cli,terminal,x86_64))
tests/x86_64/cli/behave.exe: $(srcdir)/tests/cli/behave.c
	$(say) TEST.x86_64 cli/behave.c
	$(Q)$(MKDIR_P) $(@D) && $(CC_x86_64) $(test_cflags) -nostdlib -ffreestanding -Wl,-e,mainCRTStartup -o $@ $< -lkernel32 -lgcc
all_tests += tests/x86_64/cli/behave.exe
bench: all tests/x86_64/bench/bench.exe tests/i386/bench/bench.exe
	$(Q)$(PYTHON) $(srcdir)/tests/bench/run.py $(CURDIR)
check-reference: check-programs
	$(Q)if command -v wine >/dev/null; then $(PYTHON) $(srcdir)/tests/lib/run.py $(CURDIR) --with wine; \
	  else echo "check-reference: skipped, wine is not installed"; fi
.PHONY: bench check-reference
$(foreach arch,$(ARCHS),$(foreach dll,$(test_dlls),$(foreach src,$(wildcard $(srcdir)/tests/$(dll)/*.c),$(eval $(call test_rule,$(dll),$(basename $(notdir $(src))),$(arch))))))

# Host tests: tests/host/NAME.c becomes tests/host/NAME; the runner starts it with HOST_ARGUMENTS_NAME of run.py.
host_test_cflags = -std=gnu11 -g -O1 $(warnings) $(include_flags) -D_GNU_SOURCE -pthread
tests/host/pe_mutations: $(srcdir)/tests/host/pe_mutations.c $(srcdir)/tests/fuzz/pe.c $(srcdir)/loader/pe_parse.c $(srcdir)/include/ferry/pe.h
	$(say) TEST.host $@
	$(Q)$(MKDIR_P) $(@D) && $(CC) $(host_test_cflags) -fsanitize=address,undefined -fno-sanitize-recover -o $@ $<
all_tests += tests/host/pe_mutations
tests/host/view: $(srcdir)/tests/host/view.c $(srcdir)/dlls/ntdll/unix/view.c $(srcdir)/dlls/ntdll/unix/view.h | $(generated_headers)
	$(say) TEST.host $@
	$(Q)$(MKDIR_P) $(@D) && $(CC) $(host_test_cflags) $(windows_types) -I$(srcdir)/dlls/ntdll/unix -fsanitize=address,undefined \
	  -fno-sanitize-recover -o $@ $< $(srcdir)/dlls/ntdll/unix/view.c
all_tests += tests/host/view

check_sources = $(wildcard $(srcdir)/loader/check/*.c) $(srcdir)/loader/pe_parse.c
tests/host/check_mutations: $(srcdir)/tests/host/check_mutations.c $(check_sources) $(srcdir)/loader/check/check.h | generated/ferry/api_sets.h generated/ferry/api_names.h
	$(say) TEST.host $@
	$(Q)$(MKDIR_P) $(@D) && $(CC) $(host_test_cflags) -I$(srcdir)/loader -I$(srcdir)/loader/check -fsanitize=address,undefined \
	  -fno-sanitize-recover -o $@ $< $(check_sources)
all_tests += tests/host/check_mutations

# The object files of the host, without the rest of it (tests/host/threads.h stands in).
object_test_objects = $(patsubst %,obj/host/dlls/ntdll/unix/%.o,arena handle object wait sync apc names blocking timer \
	completion duplicate namespace server_client keyed remote)
define object_test
tests/host/$(1): $(srcdir)/tests/host/$(1).c $(srcdir)/tests/host/threads.h $(object_test_objects) bin/ferryserver
	$$(say) TEST.host $$@
	$$(Q)$$(MKDIR_P) $$(@D) && $$(CC) $$(host_test_cflags) $$(windows_types) -I$(srcdir)/dlls/ntdll/unix -o $$@ $$< \
	  $(object_test_objects)
all_tests += tests/host/$(1)
endef
$(foreach test,sync names stress hostile,$(eval $(call object_test,$(test))))

# The registry's journal, with the calls that reach the disk recorded.
journal_objects = $(patsubst %,obj/host/server/registry_%.o,journal tree default)
journal_wraps = $(patsubst %,-Wl$(comma)--wrap=%,open close write writev fdatasync fsync rename ftruncate unlink)
tests/host/journal: $(srcdir)/tests/host/journal.c $(journal_objects)
	$(say) TEST.host $@
	$(Q)$(MKDIR_P) $(@D) && $(CC) $(host_test_cflags) $(windows_types) -I$(srcdir)/server $(journal_wraps) -o $@ $< \
	  $(journal_objects)
all_tests += tests/host/journal

# The server without its loop and its main, each in the test's own process.
protocol_sources = $(filter-out %/main.c %/loop.c,$(wildcard $(srcdir)/server/*.c))
protocol_flags = $(include_flags) $(windows_types) -D_GNU_SOURCE -Dkill=fuzz_kill -Dsyscall=fuzz_syscall -Dprlimit=fuzz_prlimit \
	-Dsched_setaffinity=fuzz_sched_setaffinity -Dsetpriority=fuzz_setpriority -Wa,-I$(srcdir)/server
tests/host/protocol_mutations: $(srcdir)/tests/host/protocol_mutations.c $(srcdir)/tests/fuzz/protocol.c $(protocol_sources) \
		$(wildcard $(srcdir)/server/*.h) $(srcdir)/include/ferry/protocol.h $(srcdir)/include/ferry/objects.h
	$(say) TEST.host $@
	$(Q)$(MKDIR_P) $(@D) && $(CC) -std=gnu11 -g -O1 -Wall -pthread $(protocol_flags) -fsanitize=address,undefined \
	  -fno-sanitize-recover -o $@ $< $(protocol_sources)
all_tests += tests/host/protocol_mutations

fuzz-protocol:
	$(MKDIR_P) fuzz/protocol-corpus && clang -std=gnu11 -g -O1 -w $(protocol_flags) -fsanitize=fuzzer,address -o fuzz/protocol \
	  $(srcdir)/tests/fuzz/protocol.c $(protocol_sources) && fuzz/protocol -max_total_time=$(or $(SECONDS),60) fuzz/protocol-corpus
.PHONY: fuzz-protocol

fuzz-pe:
	$(MKDIR_P) fuzz && clang -g -O1 $(include_flags) -fsanitize=fuzzer,address -o fuzz/pe $(srcdir)/tests/fuzz/pe.c $(srcdir)/loader/pe_parse.c
	cp -r $(srcdir)/tests/fuzz/corpus/pe fuzz/pe-corpus && fuzz/pe -max_total_time=$(or $(SECONDS),60) fuzz/pe-corpus
.PHONY: fuzz-pe

generated/number_cases.h: $(srcdir)/tests/lib/number_cases.py
	$(say) GEN $@
	$(Q)$(MKDIR_P) $(@D) && $(PYTHON) $< >$@
generated/math_cases.h: $(srcdir)/tests/lib/math_cases.py
	$(say) GEN $@
	$(Q)$(MKDIR_P) $(@D) && $(PYTHON) $< >$@
$(foreach arch,$(ARCHS),tests/$(arch)/ucrtbase/math_cases.exe): generated/math_cases.h
$(foreach arch,$(ARCHS),tests/$(arch)/ucrtbase/number_cases.exe): generated/number_cases.h

# C++ of MSVC's ABI, by clang where there is one: $(call msvc_test,DLL,TOPIC,import libraries). tests/DLL/TOPIC.cpp, or with
# MSVC_SOURCE_TOPIC another one; with MSVC_COMPRESS_TOPIC its tables are rewritten for
# __CxxFrameHandler4; with MSVC_ASYNCHRONOUS_TOPIC they say /EHa.
msvc_clang = clang --target=x86_64-pc-windows-msvc -O1 -fexceptions -fcxx-exceptions -w
define msvc_test_rule
tests/x86_64/$(1)/$(2).exe: $(or $(MSVC_SOURCE_$(2)),$(srcdir)/tests/$(1)/$(2).cpp) $(srcdir)/tests/msvcrt/cxx_runtime.s \
  $(srcdir)/tests/lib/compress_eh.py $(foreach lib,$(3),lib/implib/x86_64/lib$(lib).a)
	$$(say) TEST.msvc $(1)/$(2)
	$$(Q)$$(MKDIR_P) $$(@D) && $$(msvc_clang) $$(MSVC_FLAGS_$(2)) -S $$< -o $$(@:.exe=.s) && \
	  $(if $(MSVC_COMPRESS_$(2)),$$(PYTHON) $(srcdir)/tests/lib/compress_eh.py $$(@:.exe=.s) $$(@:.exe=.s) &&) \
	  $(if $(MSVC_ASYNCHRONOUS_$(2)),sed -i -E 's/^\t\.long\t1( *# EHFlags)/\t.long\t0\1/' $$(@:.exe=.s) &&) \
	  sed -i -E 's/^(\t\.long\t)([^ "()]+@)@IMGREL/\1"\2"@IMGREL/' $$(@:.exe=.s) && \
	  $$(msvc_clang) -c $$(@:.exe=.s) -o $$(@:.exe=.obj) && \
	  $$(msvc_clang) -c $(srcdir)/tests/msvcrt/cxx_runtime.s -o $$(@:.exe=-runtime.obj) && \
	  $$(CC_x86_64) -nostdlib -o $$@ $$(@:.exe=.obj) $$(@:.exe=-runtime.obj) $(foreach lib,$(3),lib/implib/x86_64/lib$(lib).a) -Wl,-e,start
all_tests += tests/x86_64/$(1)/$(2).exe
endef
# The same for i386, linked by lld-link: GNU ld does not know the table of safe handlers.
msvc_clang_i386 = clang --target=i686-pc-windows-msvc -O1 -fexceptions -fcxx-exceptions -w
define msvc_test_i386_rule
tests/i386/$(1)/$(2).exe: $(or $(MSVC_SOURCE_$(2)),$(srcdir)/tests/$(1)/$(2).cpp) $(srcdir)/tests/msvcrt/cxx_runtime_i386.s \
  $(foreach lib,$(3),lib/implib/i386/lib$(lib).a)
	$$(say) TEST.msvc i386/$(1)/$(2)
	$$(Q)$$(MKDIR_P) $$(@D) && $$(msvc_clang_i386) $$(MSVC_FLAGS_$(2)) -S $$< -o $$(@:.exe=.s) && \
	  $(if $(MSVC_ASYNCHRONOUS_$(2)),sed -i -E 's/^\t\.long\t1( *# EHFlags)/\t.long\t0\1/' $$(@:.exe=.s) &&) \
	  $$(msvc_clang_i386) -c $$(@:.exe=.s) -o $$(@:.exe=.obj) && \
	  $$(msvc_clang_i386) -c $(srcdir)/tests/msvcrt/cxx_runtime_i386.s -o $$(@:.exe=-runtime.obj) && \
	  lld-link /nologo /entry:start /subsystem:console /safeseh:no /nodefaultlib /out:$$@ $$(@:.exe=.obj) $$(@:.exe=-runtime.obj) \
	    $(foreach lib,$(3),lib/implib/i386/lib$(lib).a)
all_tests += tests/i386/$(1)/$(2).exe
endef
ifneq ($(shell command -v clang),)
MSVC_SOURCE_cxx_compressed = $(srcdir)/tests/msvcrt/cxx_exceptions.cpp
MSVC_COMPRESS_cxx_compressed = yes
MSVC_FLAGS_cxx_compressed = -fno-inline
MSVC_ASYNCHRONOUS_cxx_types = yes
$(eval $(call msvc_test_rule,msvcrt,cxx_exceptions,msvcrt))
$(eval $(call msvc_test_rule,msvcrt,cxx_types,msvcrt kernel32))
MSVC_FLAGS_structured = -O0
$(eval $(call msvc_test_rule,kernelbase,structured,msvcrt kernel32))
$(eval $(call msvc_test_rule,concrt140,locks,concrt140 vcruntime140 msvcrt kernel32))
$(eval $(call msvc_test_rule,msvcp140,support,msvcp140 vcruntime140 msvcrt kernel32))
$(eval $(call msvc_test_rule,vcruntime140,cxx_compressed,vcruntime140_1 vcruntime140 msvcrt))
ifneq ($(shell command -v lld-link),)
MSVC_SOURCE_cxx_calls = $(srcdir)/tests/msvcrt/cxx_exceptions.cpp
MSVC_FLAGS_cxx_calls = -fno-inline
$(eval $(call msvc_test_i386_rule,msvcrt,cxx_exceptions,msvcrt))
$(eval $(call msvc_test_i386_rule,msvcrt,cxx_calls,msvcrt))
$(eval $(call msvc_test_i386_rule,msvcrt,cxx_types,msvcrt kernel32))
$(eval $(call msvc_test_i386_rule,concrt140,locks,concrt140 vcruntime140 msvcrt kernel32))
endif
endif
