# The X11 driver of win32u.so; left out where the X libraries are missing.
ifneq ($(X11_LIBS),)
$(eval $(call host_lib,x11drv,lib/ferry/x86_64-unix/win32u.so lib/ferry/x86_64-unix/ntdll.so $(X11_LIBS) $(GDI_LIBS)))
lib/ferry/x86_64-unix/x11drv.so: lib/ferry/x86_64-unix/win32u.so
$(x11drv_host_objects): module_cflags += -I$(srcdir)/dlls/ntdll/unix -I$(srcdir)/dlls/win32u/unix $(GDI_CFLAGS) $(X11_CFLAGS)
endif
