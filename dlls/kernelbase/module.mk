kernelbase_generated_x86_64 = generated/nls_ctype.o generated/windows_zones.o
kernelbase_generated_i386 = generated/nls_ctype.o generated/windows_zones.o
$(eval $(call pe_dll,kernelbase,ntdll))

generated/nls_ctype.c: $(wildcard $(srcdir)/tools/nls*.py)
	$(say) GEN $@
	$(Q)$(MKDIR_P) $(@D) && $(PYTHON) $(srcdir)/tools/nls.py ctype >$@

# Texts of system errors: Win32 in kernelbase.dll, NTSTATUS in ntdll.dll.
generated/%.bin: $(srcdir)/tools/messages.py $(srcdir)/tools/messages.txt
	$(say) GEN $@
	$(Q)$(MKDIR_P) $(@D) && $(PYTHON) $< $* $(firstword $(wildcard $(MINGW_INCLUDE)/$*.h)) $(srcdir)/tools/messages.txt >$@
obj/x86_64/dlls/kernelbase/messages.res.o obj/i386/dlls/kernelbase/messages.res.o: generated/winerror.bin
obj/x86_64/dlls/ntdll/messages.res.o obj/i386/dlls/ntdll/messages.res.o: generated/ntstatus.bin

generated/windows_zones.c: $(srcdir)/tools/zones.py
	$(say) GEN $@
	$(Q)$(MKDIR_P) $(@D) && $(PYTHON) $(srcdir)/tools/zones.py >$@
