# mswsock.dll: Microsoft's extensions of Windows Sockets by name; ws2_32 has them.
$(eval $(call pe_dll,mswsock,ws2_32 kernelbase ntdll))
