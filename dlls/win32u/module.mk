win32u_generated_x86_64 = generated/win32u_stubs_x86_64.o
win32u_generated_i386 = generated/win32u_stubs_i386.o
win32u_generated_host = generated/win32u_wow.o
$(eval $(call pe_dll,win32u,ntdll))
$(eval $(call host_lib,win32u,lib/ferry/x86_64-unix/ntdll.so $(GDI_LIBS) -lm))
lib/ferry/x86_64-unix/win32u.so: lib/ferry/x86_64-unix/ntdll.so
# The host side stands on that of ntdll: threads, handles, memory, the server.
$(win32u_host_objects): module_cflags += -I$(srcdir)/dlls/ntdll/unix $(GDI_CFLAGS)
