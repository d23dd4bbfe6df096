# winmm.dll: multimedia.
$(eval $(call pe_dll,winmm,kernelbase ntdll))
