export { ArrowUp, AtSign, Ban, CheckCheck, Ellipsis, Pencil, Reply } from 'lucide-react'
